/*
 * sbom.h - the dependency set as bills of materials: CycloneDX 1.6 and SPDX 2.3, in JSON.
 *
 * Modules have package URLs (type golang), their h1 hashes in go.sum as SHA-256, recognised licences, and the
 * edges between the modules of the build list. The same set gives the same bytes: the caller provides the time, and
 * identifiers derive from `digest`, the SHA-256 of the record.
 */
#ifndef MODSCOPE_SBOM_H
#define MODSCOPE_SBOM_H

#include "fetch/jsonout.h"
#include "parts/load.h"

struct sbom {
	const struct load_record *record;
	bool built;		/* only modules with compiled packages */
	int64_t time;		/* seconds since 1970 */
	const unsigned char *digest;	/* 32 bytes */
};

json_t *sbom_cyclonedx(const struct sbom *s);
json_t *sbom_spdx(const struct sbom *s);

#endif
