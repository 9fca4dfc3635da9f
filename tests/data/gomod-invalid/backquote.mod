module `m`
