"""The units behind one protocol. The only door is guarded."""
