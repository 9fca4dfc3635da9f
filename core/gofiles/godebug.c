#include "gofiles/godebug.h"

#include "gofiles/gover.h"

/* internal/godebugs of go 1.26, sorted. */
static const char *const known[] = {
	"allowmultiplevcs",
	"asynctimerchan",
	"containermaxprocs",
	"cryptocustomrand",
	"dataindependenttiming",
	"decoratemappings",
	"embedfollowsymlinks",
	"execerrdot",
	"fips140",
	"fips140ems",
	"gocachehash",
	"gocachetest",
	"gocacheverify",
	"gotestjsonbuildtext",
	"gotypesalias",
	"htmlmetacontenturlescape",
	"http2client",
	"http2debug",
	"http2server",
	"httpcookiemaxnum",
	"httplaxcontentlength",
	"httpmuxgo121",
	"httpservecontentkeepheaders",
	"installgoroot",
	"jstmpllitinterp",
	"multipartmaxheaders",
	"multipartmaxparts",
	"multipathtcp",
	"netdns",
	"netedns0",
	"panicnil",
	"randautoseed",
	"randseednop",
	"rsa1024min",
	"tarinsecurepath",
	"tls10server",
	"tls3des",
	"tlsmaxrsasize",
	"tlsmlkem",
	"tlsrsakex",
	"tlssecpmlkem",
	"tlssha1",
	"tlsunsafeekm",
	"updatemaxprocs",
	"urlmaxqueryparams",
	"urlstrictcolons",
	"winreadlinkvolume",
	"winsymlink",
	"x509keypairleaf",
	"x509negativeserial",
	"x509rsacrt",
	"x509sha256skid",
	"x509usefallbackroots",
	"x509usepolicies",
	"zipinsecurepath",
};

static const struct {
	const char *name;
	int removed; /* in go 1.N */
} gone[] = {
	{ "x509sha1", 24 },
};

static int by_name(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool check_default(const char *v, const char *local, struct err *e)
{
	const char *go = str_cut_prefix(v, "go");

	if (!go || !gover_valid(go))
		return err_set(e, ERR_SYNTAX, "value for default= must be goVERSION");
	if (gover_compare(go, local) > 0)
		return err_set(e, ERR_SYNTAX, "default=%s too new (toolchain is go%s)", v, local);
	return true;
}

bool godebug_check(const char *verb, const char *key, const char *value, const char *local,
		   struct err *e)
{
	if (strpbrk(key, " \t"))
		return err_set(e, ERR_SYNTAX, "key contains space");
	if (strpbrk(value, " \t"))
		return err_set(e, ERR_SYNTAX, "value contains space");
	if (strchr(key, ','))
		return err_set(e, ERR_SYNTAX, "key contains comma");
	if (strchr(value, ','))
		return err_set(e, ERR_SYNTAX, "value contains comma");
	if (str_eq(key, "default"))
		return check_default(value, local, e);
	if (bsearch(key, known, ARRAY_LEN(known), sizeof(*known), by_name))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		if (str_eq(gone[i].name, key))
			return err_set(
				e, ERR_SYNTAX,
				"use of removed %s \"%s\", see https://go.dev/doc/godebug#go-1%d",
				verb, key, gone[i].removed);
	}
	return err_set(e, ERR_SYNTAX, "unknown %s \"%s\"", verb, key);
}
