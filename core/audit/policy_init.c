#include "audit/policy_init.h"

#include "base/fs.h"
#include "base/path.h"

static const char head[] =
	"# Rules for the dependencies of this project: modscope check applies them.\n"
	"# The syntax is that of git's configuration files.\n"
	"[policy]\n"
	"\t# severity of what breaks a rule: info, warning or error\n"
	"#\tseverity = error\n"
	"\t# modscope check ends with status 1 from this severity on\n"
	"#\tfail-on = warning\n";
static const char rest[] =
	"#\tmax-modules = 500\n"
	"\t# days for which a version is too young\n"
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
	"\t# SPDX identifiers or expressions that are allowed; one a line\n"
	"#\tlicence = MIT\n"
	"#\tlicence = BSD-3-Clause\n"
	"#\tlicence = Apache-2.0\n"
	"\t# settings that everybody must have\n"
	"#\tgoproxy = https://proxy.example.com,direct\n"
	"#\tgosumdb = sum.example.com\n"
	"\n"
	"# Modules, by patterns as GOPRIVATE has them, indirect ones too. Where there is an allow section, all others are findings.\n"
	"#[forbid \"example.com/old\"]\n"
	"#\tversions = >= v1.2.0, < v1.4.1\n"
	"#\treason = \"it loses data\"\n"
	"#[allow \"example.com\"]\n"
	"\n"
	"# A finding that is known, by its identifier and subject; * is every subject. All three keys are needed.\n"
	"#[waiver \"MS-POLICY-PSEUDO-VERSION example.com/m\"]\n"
	"#\treason = \"the fix is in no release yet\"\n"
	"#\towner = \"build team\"\n"
	"#\texpires = 2027-01-31\n";

bool policy_init(struct arena *a, const char *dir, const char *go_version, const char **file,
		 struct err *e)
{
	const char *text = arena_fmt(a, "%s\t# the greatest go line\n#\tmax-go = %s\n%s", head,
				     go_version, rest);

	*file = path_join(a, dir, ".modscope");
	if (fs_exists(*file))
		return err_set(e, ERR_REFUSED, "%s: it is there already", *file);
	return fs_write_atomic(*file, text, strlen(text), 0666, true, e);
}
