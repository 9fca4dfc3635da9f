#include "gofiles/modpath.h"

#include "base/text.h"
#include "gofiles/semver.h"

enum kind {
	KIND_MODULE,
	KIND_IMPORT,
	KIND_FILE,
};

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool is_upper(char c)
{
	return (unsigned char)(c - 'A') < 26;
}

static inline bool is_lower(char c)
{
	return (unsigned char)(c - 'a') < 26;
}

static bool has_prefix_n(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && memcmp(s, prefix, n) == 0;
}

static bool has_suffix_n(const char *s, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len >= n && memcmp(s + len - n, suffix, n) == 0;
}

static bool bad_char(struct buf *why, uint32_t r)
{
	buf_addstr(why, "invalid char ");
	text_quote_rune(why, r);
	return false;
}

static bool bad(struct buf *why, const char *text)
{
	buf_addstr(why, text);
	return false;
}

static bool rune_ok(uint32_t r, enum kind kind)
{
	if (r >= 0x80)
		return kind == KIND_FILE && text_is_letter(r);
	if (is_digit((char)r) || is_upper((char)r) || is_lower((char)r))
		return true;
	if (kind == KIND_FILE)
		return r && strchr("!#$%&()+,-.=@[]^_{}~ ", (int)r);
	return r && strchr(kind == KIND_IMPORT ? "-._~+" : "-._~", (int)r);
}

static bool is_windows_name(const char *s, size_t len)
{
	static const char names[][4] = { "CON", "PRN", "AUX", "NUL", "COM", "LPT" };

	if (len != 3 && !(len == 4 && s[3] >= '1' && s[3] <= '9'))
		return false;
	for (size_t i = len == 3 ? 0 : 4; i < (len == 3 ? 4 : 6); i++)
		if ((s[0] & ~0x20) == names[i][0] && (s[1] & ~0x20) == names[i][1] &&
		    (s[2] & ~0x20) == names[i][2])
			return true;
	return false;
}

/* "~1" at the end, as in Windows' short names. */
static bool ends_in_tilde_digits(const char *s, size_t len)
{
	size_t i = len;

	while (i > 0 && is_digit(s[i - 1]))
		i--;
	return i < len && i > 0 && s[i - 1] == '~';
}

static bool check_runes(const char *elem, size_t len, enum kind kind, struct buf *why)
{
	size_t i = 0;

	while (i < len) {
		uint32_t r;
		size_t n = text_rune(elem + i, len - i, &r);

		if (!rune_ok(r, kind))
			return bad_char(why, r);
		i += n;
	}
	return true;
}

static bool check_elem(const char *elem, size_t len, enum kind kind, struct buf *why)
{
	size_t dots = 0, stem;
	const char *dot;

	if (len == 0)
		return bad(why, "empty path element");
	while (dots < len && elem[dots] == '.')
		dots++;
	if (dots == len) {
		buf_addstr(why, "invalid path element ");
		text_quote(why, elem, len);
		return false;
	}
	if (dots && kind == KIND_MODULE)
		return bad(why, "leading dot in path element");
	if (elem[len - 1] == '.')
		return bad(why, "trailing dot in path element");
	if (!check_runes(elem, len, kind, why))
		return false;
	dot = memchr(elem, '.', len);
	stem = dot ? (size_t)(dot - elem) : len;
	if (is_windows_name(elem, stem)) {
		text_quote(why, elem, stem);
		return bad(why, " disallowed as path element component on Windows");
	}
	if (kind != KIND_FILE && ends_in_tilde_digits(elem, stem))
		return bad(why, "trailing tilde and digits in path element");
	return true;
}

static bool utf8_valid(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint32_t r;
		size_t n = text_rune(s + i, len - i, &r);

		if (n == 1 && (unsigned char)s[i] >= 0x80)
			return false;
		i += n;
	}
	return true;
}

static bool check_path(const char *path, size_t len, enum kind kind, struct buf *why)
{
	size_t start = 0;

	if (!utf8_valid(path, len))
		return bad(why, "invalid UTF-8");
	if (len == 0)
		return bad(why, "empty string");
	if (path[0] == '-' && kind != KIND_FILE)
		return bad(why, "leading dash");
	if (memmem(path, len, "//", 2))
		return bad(why, "double slash");
	if (path[len - 1] == '/')
		return bad(why, "trailing slash");
	for (size_t i = 0; i < len; i++)
		if (path[i] == '/') {
			if (!check_elem(path + start, i - start, kind, why))
				return false;
			start = i + 1;
		}
	return check_elem(path + start, len - start, kind, why);
}

/* What a module path requires beyond an import path: the first element is a domain name, the major version is well formed. */
static bool check_module(const char *path, size_t len, struct buf *why)
{
	const char *slash;
	size_t n, prefix;

	if (!check_path(path, len, KIND_MODULE, why))
		return false;
	slash = memchr(path, '/', len);
	n = slash ? (size_t)(slash - path) : len;
	if (!memchr(path, '.', n))
		return bad(why, "missing dot in first path element");
	for (size_t i = 0; i < n; i++)
		if (path[i] != '-' && path[i] != '.' && !is_digit(path[i]) && !is_lower(path[i])) {
			bad_char(why, (unsigned char)path[i]);
			return bad(why, " in first path element");
		}
	return modpath_split_n(path, len, &prefix) || bad(why, "invalid version");
}

static bool malformed(const char *kind, const char *path, size_t len, struct buf *why,
		      struct err *e)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, path, len);
	err_set(e, ERR_SYNTAX, "malformed %s path %s: %s", kind, quoted.data, why->data);
	buf_release(&quoted);
	buf_release(why);
	return false;
}

bool modpath_check(const char *path, struct err *e)
{
	struct buf why = BUF_INIT;
	size_t len = strlen(path);

	return check_module(path, len, &why) || malformed("module", path, len, &why, e) ||
	       err_mark(e, ERR_FORM_BARE);
}

bool modpath_check_file_n(const char *path, size_t len, struct err *e)
{
	struct buf why = BUF_INIT;

	return check_path(path, len, KIND_FILE, &why) || malformed("file", path, len, &why, e);
}

bool modpath_check_import_as(const char *kind, const char *path, struct err *e)
{
	struct buf why = BUF_INIT;
	size_t len = strlen(path);

	return check_path(path, len, KIND_IMPORT, &why) || malformed(kind, path, len, &why, e);
}

bool modpath_check_import(const char *path, struct err *e)
{
	return modpath_check_import_as("import", path, e);
}

/* The path begins with "gopkg.in/". */
static bool split_gopkg_in(const char *path, size_t len, size_t *prefix)
{
	size_t i = len, major;

	*prefix = len;
	if (has_suffix_n(path, len, "-unstable"))
		i -= strlen("-unstable");
	while (is_digit(path[i - 1]))
		i--;
	if (path[i - 1] != 'v' || path[i - 2] != '.')
		return false;
	major = i - 2;
	if (len - major <= 2 || (path[i] == '0' && !(len - major == 3)))
		return false;
	*prefix = major;
	return true;
}

bool modpath_split_n(const char *path, size_t len, size_t *prefix)
{
	size_t i = len;
	bool dot = false;

	if (len && path[0] == 'g' && has_prefix_n(path, len, "gopkg.in/"))
		return split_gopkg_in(path, len, prefix);
	*prefix = len;
	while (i > 0 && (is_digit(path[i - 1]) || path[i - 1] == '.')) {
		dot = dot || path[i - 1] == '.';
		i--;
	}
	if (i <= 1 || i == len || path[i - 1] != 'v' || path[i - 2] != '/')
		return true;
	if (dot || path[i] == '0' || (len - i == 1 && path[i] == '1'))
		return false;
	*prefix = i - 2;
	return true;
}

bool modpath_split(const char *path, size_t *prefix)
{
	return modpath_split_n(path, strlen(path), prefix);
}

/* ".v2-unstable" counts as ".v2". */
static size_t stable_len(const char *path_major, size_t len)
{
	if (has_prefix_n(path_major, len, ".v") && has_suffix_n(path_major, len, "-unstable"))
		len -= strlen("-unstable");
	return len;
}

bool modpath_match_major_n(const char *version, size_t version_len, const char *path_major,
			   size_t major_len)
{
	struct semver v;
	bool ok;

	major_len = stable_len(path_major, major_len);
	/* an old bug made such pseudo-versions for gopkg.in's .v1 */
	if (major_len == 3 && memcmp(path_major, ".v1", 3) == 0 &&
	    has_prefix_n(version, version_len, "v0.0.0-"))
		return true;
	ok = semver_parse(&v, version, version_len);
	if (major_len == 0)
		return ok && ((v.major.len == 1 && (*v.major.s == '0' || *v.major.s == '1')) ||
			      (v.build.len == 13 && memcmp(v.build.s, "+incompatible", 13) == 0));
	if (path_major[0] != '/' && path_major[0] != '.')
		return false;
	if (!ok)
		return major_len == 1;
	return v.major.len + 2 == major_len &&
	       memcmp(v.major.s - 1, path_major + 1, major_len - 1) == 0;
}

/* The reason alone, appended: "should be v0 or v1, not v2". For "P@V: invalid version: REASON" (module.VersionError). */
static void major_reason(struct buf *b, const char *version, const char *path_major)
{
	size_t len = stable_len(path_major, strlen(path_major));

	if (len == 0)
		buf_addstr(b, "should be v0 or v1");
	else if (path_major[0] == '/' || path_major[0] == '.')
		buf_addf(b, "should be %.*s", (int)(len - 1), path_major + 1);
	else
		buf_addf(b, "should be %.*s", (int)len, path_major);
	buf_addf(b, ", not %.*s", (int)semver_major(version), version);
}

/* "P@V: invalid version: REASON" with a path, else `version "V" invalid: REASON`. */
static bool invalid_version(const char *path, const char *version, const char *reason,
			    struct err *e)
{
	struct buf quoted = BUF_INIT;

	if (path)
		return err_set(e, ERR_SYNTAX, "%s@%s: invalid version: %s", path, version, reason);
	text_quote(&quoted, version, strlen(version));
	if (e && !err_is_set(e)) {
		err_set(e, ERR_SYNTAX, "version %s invalid: %s", quoted.data, reason);
		e->reason = (uint32_t)(strlen(e->text) - strlen(reason));
	}
	buf_release(&quoted);
	return false;
}

static bool check_major(const char *path, const char *version, const char *path_major,
			struct err *e)
{
	struct buf reason = BUF_INIT;

	if (modpath_match_major_n(version, strlen(version), path_major, strlen(path_major)))
		return true;
	major_reason(&reason, version, path_major);
	invalid_version(path, version, reason.data, e);
	buf_release(&reason);
	return false;
}

bool modpath_check_major(const char *version, const char *path_major, struct err *e)
{
	return check_major(NULL, version, path_major, e);
}

bool modpath_check_version(const char *path, const char *version, struct err *e)
{
	size_t prefix;

	if (!modpath_check(path, e))
		return false;
	if (!semver_valid(version))
		return invalid_version(path, version, "not a semantic version", e);
	modpath_split(path, &prefix);
	return check_major(path, version, path + prefix, e);
}

bool modpath_version_is_canonical_n(const char *version, size_t len)
{
	struct semver v;

	return semver_parse(&v, version, len) && !*v.fill &&
	       (v.build.len == 0 ||
		(v.build.len == 13 && memcmp(v.build.s, "+incompatible", 13) == 0));
}

const char *modpath_canonical_version(struct arena *a, const char *version)
{
	if (modpath_version_is_canonical_n(version, strlen(version)))
		return version;
	return semver_canonical(a, version);
}

/* escapeString: a bang and the lower-case letter for an upper-case one. */
static void escape(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (is_upper(*s))
			buf_addch(b, '!');
		buf_addch(b, is_upper(*s) ? (char)(*s | 0x20) : *s);
	}
}

static bool check_version_text(const char *version, struct err *e)
{
	struct buf why = BUF_INIT;
	bool ok = !strchr(version, '!') && check_elem(version, strlen(version), KIND_FILE, &why);

	buf_release(&why);
	if (!ok)
		return invalid_version(NULL, version, "disallowed version string", e);
	for (; *version; version++)
		if ((unsigned char)*version >= 0x80)
			return err_set(e, ERR_SYNTAX,
				       "internal error: inconsistency in EscapePath");
	return true;
}

bool modpath_escape(struct buf *b, const char *path, struct err *e)
{
	if (!modpath_check(path, e))
		return false;
	escape(b, path);
	return true;
}

bool modpath_escape_version(struct buf *b, const char *version, struct err *e)
{
	if (!check_version_text(version, e))
		return false;
	escape(b, version);
	return true;
}

bool modpath_is_directory(const char *path)
{
	if (str_eq(path, ".") || str_eq(path, ".."))
		return true;
	if (str_has_prefix(path, "./") || str_has_prefix(path, "../") || path[0] == '/' ||
	    str_has_prefix(path, ".\\") || str_has_prefix(path, "..\\") || path[0] == '\\')
		return true;
	return (is_lower(path[0]) || is_upper(path[0])) && path[1] == ':';
}
