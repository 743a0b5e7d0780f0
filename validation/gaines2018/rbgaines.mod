TITLE Motor and sensory axon membranes of Gaines 2018 as coded in NRV, written from their equations for comparison

NEURON {
    SUFFIX rbgaines
    NONSPECIFIC_CURRENT i
    RANGE gna, gnap, gk, gkf, gq, gl
    RANGE pa, pav, pb, pbv, ma, mav, mb, mbv, ha, hav, hac, hb, hbv, hbc, qv
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gna = 0 (S/cm2)
    gnap = 0 (S/cm2)
    gk = 0 (S/cm2)
    gkf = 0 (S/cm2)
    gq = 0 (S/cm2)
    gl = 0 (S/cm2)
    ena = 50 (mV)
    ek = -90 (mV)
    eq = -54.9 (mV)
    el = -90 (mV)
    pa = 0.01
    pav = 27
    pb = 0.00025
    pbv = 34
    ma = 1.86
    mav = 21.4
    mb = 0.086
    mbv = 25.7
    ha = 0.062
    hav = 114
    hac = 11
    hb = 2.3
    hbv = 31.8
    hbc = 13.4
    qv = -107.3
    celsius (degC)
}

STATE { p m h s n q }

ASSIGNED {
    v (mV)
    i (mA/cm2)
    pinf minf hinf sinf ninf qinf
    rp (/ms) rm (/ms) rh (/ms) rs (/ms) rn (/ms) rq (/ms)
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    i = (gna*m*m*m*h + gnap*p*p*p)*(v - ena) + (gk*s + gkf*n*n*n*n)*(v - ek) + gq*q*(v - eq) + gl*(v - el)
}

DERIVATIVE gates {
    find(v)
    p' = rp*(pinf - p)
    m' = rm*(minf - m)
    h' = rh*(hinf - h)
    s' = rs*(sinf - s)
    n' = rn*(ninf - n)
    q' = rq*(qinf - q)
}

INITIAL {
    find(v)
    p = pinf
    m = minf
    h = hinf
    s = sinf
    n = ninf
    q = qinf
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
    a = warm*over(pa, v + pav, 10.2)
    b = warm*over(pb, -(v + pbv), 10)
    rp = a + b
    pinf = a/rp
    a = warm*over(ma, v + mav, 10.3)
    b = warm*over(mb, -(v + mbv), 9.16)
    rm = a + b
    minf = a/rm
    a = warmh*over(ha, -(v + hav), hac)
    b = warmh*hb/(1 + exp(-(v + hbv)/hbc))
    rh = a + b
    hinf = a/rh
    a = warms*0.3/(1 + exp(-(v + 53)/5))
    b = warms*0.03/(1 + exp(-(v + 90)))
    rs = a + b
    sinf = a/rs
    a = warms*over(0.0462, v + 83.2, 1.1)
    b = warms*over(0.0824, -(v + 66), 10.5)
    rn = a + b
    ninf = a/rn
    a = warms*0.00522*exp(-(v - qv)/12.2)
    b = warms*0.00522*exp((v - qv)/12.2)
    rq = a + b
    qinf = a/rq
}
