TITLE Node of the MRG 2002 fibre, written from its equations for comparison

NEURON {
    SUFFIX rbmrg
    NONSPECIFIC_CURRENT i
    RANGE gna, gnap, gk, gl
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gna = 3.0 (S/cm2)
    gnap = 0.01 (S/cm2)
    gk = 0.08 (S/cm2)
    gl = 0.007 (S/cm2)
    ena = 50 (mV)
    ek = -90 (mV)
    el = -90 (mV)
    celsius (degC)
}

STATE { p m h s }

ASSIGNED {
    v (mV)
    i (mA/cm2)
    pinf minf hinf sinf
    rp (/ms) rm (/ms) rh (/ms) rs (/ms)
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    i = gna*m*m*m*h*(v - ena) + gnap*p*p*p*(v - ena) + gk*s*(v - ek) + gl*(v - el)
}

DERIVATIVE gates {
    find(v)
    p' = rp*(pinf - p)
    m' = rm*(minf - m)
    h' = rh*(hinf - h)
    s' = rs*(sinf - s)
}

INITIAL {
    find(v)
    p = pinf
    m = minf
    h = hinf
    s = sinf
}

FUNCTION over(a, x, c) {
    if (fabs(x/c) < 1e-6) {
        over = a*c
    } else {
        over = a*x/(1 - exp(-x/c))
    }
}

PROCEDURE find(v (mV)) {
    LOCAL a, b, warm, warmh, warms
    warm = 2.2^((celsius - 20)/10)
    warmh = 2.9^((celsius - 20)/10)
    warms = 3.0^((celsius - 36)/10)
    a = warm*over(0.01, v + 27, 10.2)
    b = warm*over(0.00025, -(v + 34), 10)
    rp = a + b
    pinf = a/rp
    a = warm*over(1.86, v + 21.4, 10.3)
    b = warm*over(0.086, -(v + 25.7), 9.16)
    rm = a + b
    minf = a/rm
    a = warmh*over(0.062, -(v + 114), 11)
    b = warmh*2.3/(1 + exp(-(v + 31.8)/13.4))
    rh = a + b
    hinf = a/rh
    a = warms*0.3/(1 + exp(-(v + 53)/5))
    b = warms*0.03/(1 + exp(-(v + 90)))
    rs = a + b
    sinf = a/rs
}
