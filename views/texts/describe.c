#include "texts/describe.h"

enum style_id describe_severity_style(enum finding_severity s)
{
	switch (s) {
	case FINDING_ERROR: return STYLE_BAD;
	case FINDING_WARNING:
	case FINDING_UNKNOWN: return STYLE_ATTENTION;
	case FINDING_INFO: break;
	}
	return STYLE_QUIET;
}

enum glyph describe_severity_glyph(enum finding_severity s)
{
	switch (s) {
	case FINDING_ERROR: return GLYPH_BAD;
	case FINDING_WARNING: return GLYPH_ATTENTION;
	case FINDING_UNKNOWN: return GLYPH_UNKNOWN;
	case FINDING_INFO: break;
	}
	return GLYPH_LEAF;
}

void describe_finding_area(const struct finding *f, char *area, size_t n)
{
	size_t len = strcspn(f->kind, "/");

	len = MIN(len, n - 1);
	memcpy(area, f->kind, len);
	area[len] = '\0';
}

static const struct {
	const char *area;
	enum finding_severity severity;
	const char *one, *many;
} groups[] = {
	{ "cache", FINDING_ERROR, "cache entry is damaged", "cache entries are damaged" },
	{ "cache", FINDING_WARNING, "cache entry needs a look", "cache entries need a look" },
	{ "cache", FINDING_UNKNOWN, "cache entry could not be checked",
	  "cache entries could not be checked" },
	{ "cache", FINDING_INFO, "note about the cache", "notes about the cache" },
	{ "env", FINDING_ERROR, "setting is dangerous", "settings are dangerous" },
	{ "env", FINDING_WARNING, "hazard in the settings", "hazards in the settings" },
	{ "env", FINDING_UNKNOWN, "setting could not be checked", "settings could not be checked" },
	{ "env", FINDING_INFO, "setting worth knowing", "settings worth knowing" },
	{ "graph", FINDING_ERROR, "problem in the module graph", "problems in the module graph" },
	{ "graph", FINDING_WARNING, "oddity in the module graph", "oddities in the module graph" },
	{ "graph", FINDING_UNKNOWN, "question about the module graph is open",
	  "questions about the module graph are open" },
	{ "graph", FINDING_INFO, "fact about the module graph", "facts about the module graph" },
	{ "tidy", FINDING_ERROR, "error that go mod tidy would end with",
	  "errors that go mod tidy would end with" },
	{ "tidy", FINDING_WARNING, "line that go mod tidy would add, remove or change",
	  "lines that go mod tidy would add, remove or change" },
	{ "tidy", FINDING_UNKNOWN, "question about go mod tidy is open",
	  "questions about go mod tidy are open" },
	{ "tidy", FINDING_INFO, "note about go mod tidy", "notes about go mod tidy" },
	{ "versions", FINDING_ERROR, "version that go rejects", "versions that go rejects" },
	{ "versions", FINDING_UNKNOWN, "module whose newest version is unknown",
	  "modules whose newest versions are unknown" },
	{ "versions", FINDING_WARNING, "retracted version is selected",
	  "retracted versions are selected" },
	{ "versions", FINDING_INFO, "note about versions", "notes about versions" },
	{ "policy", FINDING_ERROR, "breach of the project's rules",
	  "breaches of the project's rules" },
	{ "policy", FINDING_WARNING, "warning of the project's rules",
	  "warnings of the project's rules" },
	{ "policy", FINDING_UNKNOWN, "rule could not be checked", "rules could not be checked" },
	{ "policy", FINDING_INFO, "note on the project's rules", "notes on the project's rules" },
	{ "vuln", FINDING_ERROR, "known vulnerability in what is imported",
	  "known vulnerabilities in what is imported" },
	{ "vuln", FINDING_WARNING, "known vulnerability of a required version",
	  "known vulnerabilities of required versions" },
	{ "vuln", FINDING_UNKNOWN, "entry of the vulnerability database could not be read",
	  "entries of the vulnerability database could not be read" },
	{ "vuln", FINDING_INFO, "known vulnerability in packages that are not imported",
	  "known vulnerabilities in packages that are not imported" },
	{ "replaces", FINDING_ERROR, "replacement that cannot work",
	  "replacements that cannot work" },
	{ "replaces", FINDING_WARNING, "release problem in the replace lines",
	  "release problems in the replace lines" },
	{ "replaces", FINDING_UNKNOWN, "replacement could not be looked at",
	  "replacements could not be looked at" },
	{ "replaces", FINDING_INFO, "note about the replace and exclude lines",
	  "notes about the replace and exclude lines" },
	{ "vendor", FINDING_ERROR, "error in the vendor directory",
	  "errors in the vendor directory" },
	{ "vendor", FINDING_WARNING, "difference from what go mod vendor writes",
	  "differences from what go mod vendor writes" },
	{ "vendor", FINDING_UNKNOWN, "vendored file could not be checked",
	  "vendored files could not be checked" },
	{ "vendor", FINDING_INFO, "note about the vendor directory",
	  "notes about the vendor directory" },
};

const char *describe_finding_group(const char *area, enum finding_severity s, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (str_eq(groups[i].area, area) && groups[i].severity == s)
			return n == 1 ? groups[i].one : groups[i].many;
	return n == 1 ? "finding" : "findings";
}

static void field(struct doc *d, const char *label, unsigned style, const char *text)
{
	if (!text || !text[0])
		return;
	doc_field(d, label);
	doc_add(d, style, text);
}

void describe_finding_doc(struct doc *d, const struct finding *f)
{
	doc_heading(d, f->subject);
	doc_blank(d);
	doc_field(d, finding_severity_name(f->severity));
	doc_glyph(d, describe_severity_style(f->severity), describe_severity_glyph(f->severity));
	doc_addf(d, STYLE_NORMAL, " %s", f->cause);
	if (f->file[0]) {
		doc_field(d, "file");
		doc_add(d, STYLE_NORMAL, f->file);
		if (f->line)
			doc_addf(d, STYLE_NORMAL, ":%d", f->line);
	}
	field(d, "expected", STYLE_NORMAL, f->expected);
	field(d, "found", STYLE_STRONG, f->found);
	field(d, "go says", STYLE_NORMAL, f->go_says);
	if (f->remedy[0])
		doc_blank(d);
	field(d, "remedy", STYLE_NORMAL, f->remedy);
}

const char *describe_error_remedy(const struct snapshot *s, const struct err *e)
{
	const struct part *p = snapshot_part(s, REQUEST(PART_ENV));
	const struct findings *fs = p ? load_findings(p) : NULL;

	if (p && ((const struct load_env *)p->data)->rootless)
		return "go mod init MODULE makes a module here; or start modscope in a module's directory";
	if (e->file)
		return "mend the file: it is read again as soon as it changes";
	for (size_t i = 0; fs && i < fs->n; i++)
		if (fs->items[i].severity == FINDING_ERROR && fs->items[i].remedy[0] &&
		    str_has_prefix(fs->items[i].kind, "graph/"))
			return fs->items[i].remedy;
	return "r tries again";
}

const char *describe_kind(enum load_kind k)
{
	switch (k) {
	case LOAD_MAIN: return "main";
	case LOAD_DIRECT: return "direct";
	case LOAD_INDIRECT: return "indirect";
	case LOAD_DEEP: return "transitive";
	case LOAD_LANGUAGE: return "language";
	}
	return "";
}

struct part *describe_cache_part(const struct snapshot *s)
{
	struct part *p = snapshot_part(s,
				       REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY }));

	if (!p)
		p = snapshot_part(s, REQUEST(PART_CACHE, .cache = { .depth = CACHESCAN_VERIFY,
								    .behind = true }));
	return p ? p : snapshot_part(s, REQUEST(PART_CACHE));
}

const struct request *describe_outdated_glance(void)
{
	static const struct request r = { .part = PART_OUTDATED, .outdated = { .glance = true } };

	return &r;
}

struct part *describe_outdated_part(const struct snapshot *s)
{
	struct part *p = snapshot_part(s, REQUEST(PART_OUTDATED));

	if (!p)
		p = snapshot_part(s, REQUEST(PART_OUTDATED, .outdated = { .majors = true }));
	return p && !p->partial ? p : snapshot_part(s, describe_outdated_glance());
}

struct part *describe_tidy_part(const struct snapshot *s, const struct whatif_steps *steps)
{
	struct part *seen = snapshot_part(s, REQUEST(PART_TIDY, .tidy = { .steps = *steps }));
	struct part *fetched = snapshot_part(s, REQUEST(PART_TIDY, .tidy = { .steps = *steps,
									     .fetch = true }));

	return fetched && (!seen || fetched->generation > seen->generation) ? fetched : seen;
}

const struct load_versions *describe_known_versions(const struct snapshot *s, const char *path)
{
	const struct part *p = snapshot_part(s, REQUEST(PART_VERSIONS, .versions = { path, true }));

	if (!p)
		p = snapshot_part(s, REQUEST(PART_VERSIONS, .versions = { path, false }));
	return p ? p->data : NULL;
}

void describe_modver(struct buf *b, struct modver m)
{
	buf_addstr(b, m.path);
	if (m.version[0])
		buf_addf(b, "@%s", m.version);
}

/* vX.Y.Z-(...)yyyymmddhhmmss-abcdefabcdef, possibly with +incompatible: the last dash; NULL: no pseudo-version. */
static const char *pseudo_dash(const char *version)
{
	size_t len = strlen(version);
	const char *dash = strrchr(version, '-');
	size_t hash = dash ? strspn(dash + 1, "0123456789abcdef") : 0;

	if (!dash || hash < 12 || (dash[1 + hash] && dash[1 + hash] != '+') ||
	    len < hash + 1 + 14 || strspn(dash - 14, "0123456789") < 14)
		return NULL;
	return dash;
}

void describe_version(struct buf *b, const char *version)
{
	const char *dash = pseudo_dash(version);

	if (!dash) {
		buf_addstr(b, version);
		return;
	}
	buf_add(b, version, (size_t)(dash - 14 - version) + 4);
	buf_addf(b, "…-%.8s%s", dash + 1, strchrnul(dash, '+'));
}

static void add_brief(struct buf *b, const char *version)
{
	const char *dash = pseudo_dash(version);

	if (!dash)
		buf_addstr(b, version);
	else if (str_has_prefix(version, "v0.0.0-") && dash - 14 == version + 7)
		buf_addf(b, "%.4s…%.7s", version + 7, dash + 1);
	else
		buf_addf(b, "%.*s…%.7s%s", (int)strcspn(version, "-"), version, dash + 1,
			 strchrnul(dash, '+'));
}

void describe_line_version(struct line *out, unsigned style, const char *version)
{
	struct buf b = BUF_INIT;

	describe_version(&b, version);
	line_add(out, style, b.data);
	buf_release(&b);
}

void describe_versions(struct buf *b, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, " @");
		char *word = xstrndup(text, n);

		describe_version(b, word);
		free(word);
		text += n;
		if (*text)
			buf_addch(b, *text++);
	}
}

void describe_newer_version(struct buf *b, const char *version, bool brief)
{
	const char *suffix = strstr(version, "+incompatible");

	if (suffix)
		buf_addf(b, "%.*s+inc…%s", (int)(suffix - version), version,
			 suffix + strlen("+incompatible"));
	else if (brief)
		add_brief(b, version);
	else
		describe_version(b, version);
}

void describe_whatif_reason(const struct whatif_delta *d, struct buf *b)
{
	if (d->lowered.path[0]) {
		buf_addstr(b, "would have pulled in ");
		describe_modver(b, d->lowered);
	} else if (d->by.path[0]) {
		buf_addstr(b, d->above_pin ? "kept by " : "asked by ");
		describe_modver(b, d->by);
	}
	if (d->n_keepers > 1)
		buf_addf(b, ", %zu more", d->n_keepers - 1);
}

void describe_whatif_commands(const struct whatif *w, const char *between, struct buf *b)
{
	for (size_t i = 0; i < w->n_commands; i++)
		buf_addf(b, "%s%s", i ? between : "", w->commands[i]);
}
