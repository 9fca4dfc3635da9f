/*
 * vendor_impl.h - shared by the files that implement vendor.h.
 *
 * vendor_expect.c lists the files that go mod vendor copies, vendor_needs.c the needed packages, vendor.c compares.
 */
#ifndef MODSCOPE_VENDOR_IMPL_H
#define MODSCOPE_VENDOR_IMPL_H

#include "base/map.h"
#include "packages/vendor.h"

enum vendor_why { VENDOR_WHY_SOURCE, VENDOR_WHY_LICENCE, VENDOR_WHY_EMBED };

/* One file that go mod vendor would write. */
struct vendor_file {
	const char *name;	/* below vendor/ */
	const char *source;	/* on disk */
	enum vendor_why why;
};
struct vendor_expected {
	struct arena *a;
	ARENA_VEC(struct vendor_file) files;
	struct map names;	/* name -> index + 1 */
	struct map parents;	/* directories whose licences are in files */
};
/* vendorPkg: adds the files of one package. root is its module's directory, module its path. go_version decides about go.mod files and
 * patterns in tests. A package that is not in the module adds nothing. */
bool vendor_expect(struct vendor_expected *x, const char *module, const char *root, const char *package,
		   const char *go_version, struct err *e);
void vendor_expect_release(struct vendor_expected *x);

/* Fills lacking and needless. */
bool vendor_needs(struct vendor_report *r, struct arena *a, struct modload *ml, struct err *e);

#endif
