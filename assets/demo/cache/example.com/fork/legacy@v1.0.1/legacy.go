package legacy

const Fixed = true
