/*
 * query_result.h - the result of a version query.
 */
#ifndef MODSCOPE_QUERY_RESULT_H
#define MODSCOPE_QUERY_RESULT_H

/* Why it failed; queryPrefixModules ranks failures by these. */
enum query_result_failure {
	QUERY_OK,
	QUERY_NO_VERSION, /* NoMatchingVersionError */
	QUERY_NO_PATCH_BASE,
	QUERY_INVALID_PATH, /* module.InvalidPathError */
	QUERY_INVALID_VERSION,
	QUERY_NOT_EXIST,
	QUERY_DISALLOWED, /* ErrDisallowed */
	QUERY_OTHER,
};

struct query_result {
	const char *version;
	const char *time;   /* RFC 3339, "" if unknown */
	const char *origin; /* raw JSON or NULL */
	enum query_result_failure failure;
	/* if go's error is a module.ModuleError, the text without its "PATH@VERSION: "; else NULL */
	const char *inner;
	/* the chosen version if its .info names another one, which go then uses; else NULL */
	const char *misnamed;
};

#endif
