#include "git/git_tls.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#define CANNOT_READ (-0x2900) /* MBEDTLS_ERR_X509_FILE_IO_ERROR */

typedef int parse_fn(void *chain, const char *path);

static _Thread_local bool starting;

/* The function that the calling library is linked with. */
static parse_fn *own_of(void *caller)
{
	parse_fn *found = NULL;
	void *handle, *symbol;
	Dl_info where;

	if (!dladdr(caller, &where) || !where.dli_fname)
		return NULL;
	handle = dlopen(where.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
	if (!handle)
		return NULL;
	symbol = dlsym(handle, "mbedtls_x509_crt_parse_file");
	memcpy(&found, &symbol, sizeof(found));
	dlclose(handle); /* the caller holds it */
	return found == mbedtls_x509_crt_parse_file ? NULL : found;
}

int mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	parse_fn *parse = starting ? NULL : own_of(__builtin_return_address(0));

	return parse ? parse(chain, path) : CANNOT_READ;
}

int git_tls_init(int (*init)(void))
{
	int code;

	starting = true;
	code = init();
	starting = false;
	return code;
}
