#include "audit/policy_init.h"

#include "base/fs.h"
#include "base/path.h"

static const char head[] =
	"# Rules for the dependencies of this project: modscope check applies them.\n"
	"# The syntax is that of git's configuration files.\n"
	"[policy]\n"
	"\t# severity of violations: info, warning or error\n"
	"#\tseverity = error\n"
	"\t# modscope check ends with status 1 from this severity on\n"
	"#\tfail-on = warning\n";
static const char rest[] =
	"#\tmax-modules = 500\n"
	"\t# minimum age of a version in days\n"
	"#\tmin-age = 7\n"
	"\t# each may be deny or allow\n"
	"#\tpseudo-versions = deny\n"
	"#\tpre-releases = deny\n"
	"#\tincompatible = deny\n"
	"#\tretracted = deny\n"
	"#\tdeprecated = deny\n"
	"#\tlocal-replace = deny\n"
	"#\treplace = deny\n"
	"#\tunknown-licence = deny\n"
	"\t# allowed SPDX identifiers or expressions, one per line\n"
	"#\tlicence = MIT\n"
	"#\tlicence = BSD-3-Clause\n"
	"#\tlicence = Apache-2.0\n"
	"\t# settings that everyone must have\n"
	"#\tgoproxy = https://proxy.example.com,direct\n"
	"#\tgosumdb = sum.example.com\n"
	"\n"
	"# Modules, including indirect ones, by patterns as in GOPRIVATE. With an allow section, all other modules are findings.\n"
	"#[forbid \"example.com/old\"]\n"
	"#\tversions = >= v1.2.0, < v1.4.1\n"
	"#\treason = \"it loses data\"\n"
	"#[allow \"example.com\"]\n"
	"\n"
	"# A known finding, by identifier and subject; * matches every subject. All three keys are required.\n"
	"#[waiver \"MS-POLICY-PSEUDO-VERSION example.com/m\"]\n"
	"#\treason = \"the fix is not released yet\"\n"
	"#\towner = \"build team\"\n"
	"#\texpires = 2027-01-31\n";

bool policy_init(struct arena *a, const char *dir, const char *go_version, const char **file,
		 struct err *e)
{
	const char *text = arena_fmt(a, "%s\t# the highest allowed go line\n#\tmax-go = %s\n%s",
				     head, go_version, rest);

	*file = path_join(a, dir, ".modscope");
	if (!fs_is_gone(*file))
		return err_set(e, ERR_REFUSED, "%s already exists", *file);
	return fs_write_atomic(*file, text, strlen(text), 0666, true, e);
}
