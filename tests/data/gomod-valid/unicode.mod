module m // é

// 日本
require a.b/é v1.0.0
