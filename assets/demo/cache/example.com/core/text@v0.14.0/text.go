package text

const Wide = true
