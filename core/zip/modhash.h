/* modhash.h - the names of sha256.h and dirhash.h that callers still use; it goes with the last of them. */
#ifndef MODSCOPE_MODHASH_H
#define MODSCOPE_MODHASH_H

#include "zip/dirhash.h"

#define MODHASH_LEN DIRHASH_LEN
#define modhash_sha256 sha256_bytes
#define modhash_sha256_2 sha256_pair
#define modhash_gomod dirhash_gomod

#endif
