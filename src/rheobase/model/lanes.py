"""A lane type for Numba: eight or sixteen numbers side by side in one register.

In the exact fibre a lane is a fibre; in the fast paths it is a neighbouring sample or mode.

A kernel written with `Lanes` reads like scalar code and runs on SIMD registers: LLVM sees
`<8 x double>` or `<16 x float>` and cuts it to what the machine has. Arrays are flat and 64-byte
aligned; row r of an array holds the values of one quantity for all lanes, from r*width on.

Why not plain loops: LLVM vectorises them only in part, and the result is a third slower (measured).
`fmuladd` and not `fma`: where the machine has no fused multiply-add the latter is a library call.

After a change here, delete the compiled kernels in `__pycache__`: Numba looks only at the file of
the function it compiles, not at those it inlines.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

import operator
from typing import Any, final

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.core.cgutils import ir
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, overload, register_model
from numpy.typing import NDArray

REGISTER_BYTES = 64
FAST = {"contract", "nnan", "ninf", "nsz", "arcp"}  # no reassociation: results stay reproducible
INLINED = {
    "nogil": True,
    "forceinline": True,
    "fastmath": FAST,
    "error_model": "numpy",
    "boundscheck": False,
    "cache": True,
}
COMPILED = {key: value for key, value in INLINED.items() if key != "forceinline"}


def width_of(precision: int) -> int:
    """Return how many fibres share a register at 64 or 32 bits."""
    return REGISTER_BYTES * 8 // precision


def aligned(values: NDArray[Any], precision: int) -> NDArray[Any]:
    """Return a flat copy at 64 or 32 bits whose first byte lies on a register border."""
    kind = np.dtype(np.float64 if precision == 64 else np.float32)
    flat = np.asarray(values).ravel()
    store = np.empty(flat.size * kind.itemsize + 2 * REGISTER_BYTES, np.uint8)
    first = -store.ctypes.data % REGISTER_BYTES
    copy = store[first : first + flat.size * kind.itemsize].view(kind)
    copy[:] = flat
    return copy


@final
class Lanes(types.Type):
    """Numba type: `width` numbers of `bits` bits, one per fibre."""

    def __init__(self, bits: int, width: int) -> None:
        self.bits, self.width = bits, width
        super().__init__(f"Lanes{bits}x{width}")


def _vector(lanes):
    return ir.VectorType(ir.DoubleType() if lanes.bits == 64 else ir.FloatType(), lanes.width)


def _integers(lanes):
    return ir.VectorType(ir.IntType(lanes.bits), lanes.width)


def _all(vector, number):
    return ir.Constant(vector, [number] * vector.count)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, lanes):
        super().__init__(manager, lanes, _vector(lanes))


def _spread(builder, value, kind, lanes):
    """Return a scalar copied to all lanes; lanes pass as they are."""
    if isinstance(kind, Lanes):
        return value
    if lanes.bits == 32:
        narrow = ir.FloatType()
        constant = isinstance(value, ir.Constant)
        value = ir.Constant(narrow, value.constant) if constant else builder.fptrunc(value, narrow)
    empty = ir.Constant(_vector(lanes), ir.Undefined)
    one = builder.insert_element(empty, value, ir.IntType(32)(0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), lanes.width), [0] * lanes.width)
    return builder.shuffle_vector(one, empty, first)


def _operator(function, instruction):
    @infer_global(function)
    class _Template(AbstractTemplate):
        key = function

        def generic(self, args, kws):
            lanes = [a for a in args if isinstance(a, Lanes)]
            if len(args) != 2 or not lanes:
                return None
            kinds = [a if isinstance(a, Lanes) else types.float64 for a in args]
            return signature(lanes[0], *kinds)

    def lower(context, builder, sig, args):
        out = sig.return_type
        both = (_spread(builder, a, k, out) for a, k in zip(args, sig.args, strict=True))
        return getattr(builder, instruction)(*both)

    for kinds in ((Lanes, Lanes), (Lanes, types.Float), (types.Float, Lanes)):
        lower_builtin(function, *kinds)(lower)


for _function, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_function, _instruction)


def _of_array(array) -> Lanes:
    bits = array.dtype.bitwidth
    return Lanes(bits, width_of(bits))


def _address(context, builder, array_type, array, row, lanes):
    data = context.make_array(array_type)(context, builder, array).data
    first = builder.mul(row, row.type(lanes.width))
    return builder.bitcast(builder.gep(data, [first], inbounds=True), _vector(lanes).as_pointer())


def _anywhere(context, builder, array_type, array, index, lanes):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index], inbounds=True), _vector(lanes).as_pointer())


@intrinsic
def load(typing_context, array, row):
    """Return row `row` of a flat array."""
    lanes = _of_array(array)

    def lower(context, builder, sig, args):
        where = _address(context, builder, sig.args[0], args[0], args[1], lanes)
        return builder.load(where, align=REGISTER_BYTES)

    return lanes(array, types.intp), lower


@intrinsic
def store(typing_context, array, row, value):
    """Write lanes to row `row` of a flat array."""

    def lower(context, builder, sig, args):
        where = _address(context, builder, sig.args[0], args[0], args[1], value)
        builder.store(args[2], where, align=REGISTER_BYTES)
        return context.get_dummy_value()

    return types.none(array, types.intp, value), lower


@intrinsic
def load_from(typing_context, array, index):
    """Return lanes of a flat array from any element on, aligned or not."""
    lanes = _of_array(array)

    def lower(context, builder, sig, args):
        where = _anywhere(context, builder, sig.args[0], args[0], args[1], lanes)
        return builder.load(where, align=lanes.bits // 8)

    return lanes(array, types.intp), lower


@intrinsic
def store_from(typing_context, array, index, value):
    """Write lanes to a flat array from any element on."""

    def lower(context, builder, sig, args):
        where = _anywhere(context, builder, sig.args[0], args[0], args[1], value)
        builder.store(args[2], where, align=value.bits // 8)
        return context.get_dummy_value()

    return types.none(array, types.intp, value), lower


@intrinsic
def filled(typing_context, array, value):
    """Return lanes of the array's kind, all equal to a number."""
    lanes = _of_array(array)

    def lower(context, builder, sig, args):
        return _spread(builder, args[1], types.float64, lanes)

    return lanes(array, types.float64), lower


@intrinsic
def width(typing_context, array):
    """Return the number of lanes of an array."""
    lanes = _of_array(array)

    def lower(context, builder, sig, args):
        return ir.Constant(ir.IntType(64), lanes.width)

    return types.intp(array), lower


def _call(builder, name, lanes, args):
    vector = _vector(lanes)
    kind = ir.FunctionType(vector, [vector] * len(args))
    full = f"llvm.{name}.v{lanes.width}f{lanes.bits}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, full), args)


@intrinsic
def muladd(typing_context, x, y, z):
    """Return x*y + z, in one rounding where the machine can."""
    lanes = next(a for a in (x, y, z) if isinstance(a, Lanes))

    def lower(context, builder, sig, args):
        spread = [_spread(builder, a, k, lanes) for a, k in zip(args, sig.args, strict=True)]
        return _call(builder, "fmuladd", lanes, spread)

    return lanes(*[a if isinstance(a, Lanes) else types.float64 for a in (x, y, z)]), lower


@intrinsic
def root(typing_context, x):
    """Return the square root."""

    def lower(context, builder, sig, args):
        return _call(builder, "sqrt", x, args)

    return x(x), lower


def _across(builder, name, lanes, args):
    """Return one number from all lanes."""
    number = _vector(lanes).element
    kind = ir.FunctionType(number, [*(a.type for a in args)])
    full = f"llvm.vector.reduce.{name}.v{lanes.width}f{lanes.bits}"
    reduce = cgutils.get_or_insert_function(builder.module, kind, full)
    return builder.call(reduce, args, fastmath=("reassoc", "nnan", "nsz"))


@intrinsic
def largest(typing_context, x):
    """Return the largest of all lanes, as a number."""

    def lower(context, builder, sig, args):
        return _across(builder, "fmax", x, args)

    return (types.float64 if x.bits == 64 else types.float32)(x), lower


@intrinsic
def total(typing_context, x):
    """Return the sum of all lanes, as a number."""

    def lower(context, builder, sig, args):
        return _across(builder, "fadd", x, [ir.Constant(_vector(x).element, 0.0), *args])

    return (types.float64 if x.bits == 64 else types.float32)(x), lower


@intrinsic
def bits_of_peaks(typing_context, before, x, after, least):
    """Return a whole number whose bit k says: lane k is over `before`, not under `after` or `least`."""

    def lower(context, builder, sig, args):
        near, here, far, low = (
            _spread(builder, a, k, x) for a, k in zip(args, sig.args, strict=True)
        )
        steep = builder.fcmp_ordered(">", here, near)
        held = builder.and_(
            builder.fcmp_ordered(">=", here, far), builder.fcmp_ordered(">=", here, low)
        )
        bits = builder.bitcast(builder.and_(steep, held), ir.IntType(x.width))
        return builder.zext(bits, ir.IntType(64))

    return types.int64(before, x, after, types.float64), lower


@intrinsic
def nearest_whole(typing_context, x):
    """Return x rounded to the nearest whole number."""

    def lower(context, builder, sig, args):
        return _call(builder, "rint", x, args)

    return x(x), lower


@intrinsic
def two_to_the(typing_context, k):
    """Return 2**k for whole k: add 1.5*2**52 (2**23) and shift the bits into the exponent."""

    def lower(context, builder, sig, args):
        wide = k.bits == 64
        magic, bias, shift = (6755399441055744.0, 1023, 52) if wide else (12582912.0, 127, 23)
        whole, vector = _integers(k), _vector(k)
        bits = builder.bitcast(builder.fadd(args[0], _all(vector, magic)), whole)
        exponent = builder.shl(builder.add(bits, _all(whole, bias)), _all(whole, shift))
        return builder.bitcast(exponent, vector)

    return k(k), lower


def _either(order, x, y):
    """Return the typing and the code of the one of two that stands so to the other, lane by lane."""

    def lower(context, builder, sig, args):
        both = [_spread(builder, a, k, x) for a, k in zip(args, sig.args, strict=True)]
        return builder.select(builder.fcmp_ordered(order, *both), *both)

    return x(x, y if isinstance(y, Lanes) else types.float64), lower


@intrinsic
def larger(typing_context, x, y):
    """Return the larger of two, lane by lane."""
    return _either(">", x, y)


@intrinsic
def smaller(typing_context, x, y):
    """Return the smaller of two, lane by lane."""
    return _either("<", x, y)


@intrinsic
def kept(typing_context, x, test, limit):
    """Return x where `test` is not over a limit, 0 elsewhere."""

    def lower(context, builder, sig, args):
        most = _spread(builder, args[2], types.float64, x)
        inside = builder.fcmp_ordered("<=", args[1], most)
        return builder.select(inside, args[0], _all(_vector(x), 0.0))

    return x(x, test, types.float64), lower


@intrinsic
def near_zero(typing_context, test, then, otherwise):
    """Return `then` where |test| < 1e-4, `otherwise` elsewhere."""

    def lower(context, builder, sig, args):
        size = _call(builder, "fabs", test, args[:1])
        return builder.select(
            builder.fcmp_ordered("<", size, _all(_vector(test), 1e-4)), args[1], args[2]
        )

    return test(test, test, test), lower


@njit(**INLINED)
def _reduced64(x):
    """Return 2**k and exp(r)-1, where x = k ln 2 + r: a minimax polynomial of degree 12."""
    x = smaller(larger(x, -708.0), 709.0)
    k = nearest_whole(x * 1.4426950408889634)
    r = muladd(k, -1.42860682030941723212e-6, muladd(k, -6.93145751953125e-1, x))
    p = muladd(r, 2.5110037605963777e-08, 2.763263963904103e-07)
    for c in (
        2.755724091857897e-06,
        2.4801485482328494e-05,
        0.00019841269890047113,
        0.0013888888952314775,
        0.008333333333319601,
        0.0416666666664881,
        0.1666666666666668,
        0.5000000000000019,
        1.0,
    ):
        p = muladd(p, r, c)
    return two_to_the(k), p * r


@njit(**INLINED)
def _reduced32(x):
    """Return the same at 32 bits: degree 6; not over 80, since 1 / exp(88) is no normal number."""
    x = smaller(larger(x, -87.0), 80.0)
    k = nearest_whole(x * 1.4426950408889634)
    r = muladd(k, 2.12194440e-4, muladd(k, -0.693359375, x))
    p = muladd(r, 0.0013941108433972674, 0.008375126398153335)
    for c in (
        0.04166635289677516,
        0.16666415514653277,
        0.5000000047117757,
        1.000000037716214,
    ):
        p = muladd(p, r, c)
    return two_to_the(k), p * r


def _reduced(x):
    """Stand for `_reduced64` or `_reduced32`; only compiled code calls it."""


@overload(_reduced, jit_options={"forceinline": True, "fastmath": FAST, "error_model": "numpy"})
def _choose_reduced(x):
    if not isinstance(x, Lanes):
        return None
    return (lambda x: _reduced64(x)) if x.bits == 64 else (lambda x: _reduced32(x))  # noqa: PLW0108


@njit(**INLINED)
def exponential(x):
    """Return exp(x)."""
    scale, less_one = _reduced(x)
    return muladd(scale, less_one, scale)


@njit(**INLINED)
def exponential_less_one(x):
    """Return exp(x) - 1 without loss for small x."""
    scale, less_one = _reduced(x)
    return muladd(scale, less_one, scale - 1.0)
