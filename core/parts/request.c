#include "parts/request.h"

#include <stdalign.h>

/* Equality */

static bool steps_eq(const struct whatif_steps *a, const struct whatif_steps *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->items[i].kind != b->items[i].kind ||
		    !str_eq(a->items[i].path, b->items[i].path) ||
		    !str_eq(a->items[i].version, b->items[i].version) ||
		    a->items[i].joined != b->items[i].joined)
			return false;
	return true;
}

static bool option_eq(const char *a, const char *b)
{
	return a && b ? str_eq(a, b) : a == b;
}

static bool tidy_eq(const struct request_tidy *a, const struct request_tidy *b)
{
	return steps_eq(&a->steps, &b->steps) && option_eq(a->go, b->go) &&
	       option_eq(a->compat, b->compat) && a->allow_errors == b->allow_errors &&
	       a->fetch == b->fetch;
}

static bool cache_eq(const struct request_cache *a, const struct request_cache *b)
{
	return a->whole == b->whole && a->depth == b->depth && a->behind == b->behind &&
	       a->brief == b->brief;
}

static bool mods_eq(const struct modver *a, const struct modver *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!modver_eq(a[i], b[i]))
			return false;
	return true;
}

static bool offline_eq(const struct request_offline *a, const struct request_offline *b)
{
	return a->levels == b->levels && a->glance == b->glance &&
	       option_eq(a->platforms, b->platforms);
}

static bool act_eq(const struct request_act *a, const struct request_act *b)
{
	if (a->verb != b->verb || !cache_eq(&a->shown, &b->shown) || a->n_mods != b->n_mods ||
	    a->plan != b->plan || a->levels != b->levels || !str_eq(a->id, b->id) ||
	    !offline_eq(&a->missing, &b->missing))
		return false;
	return mods_eq(a->mods, b->mods, a->n_mods);
}

static bool compare_eq(const struct request_compare *a, const struct request_compare *b)
{
	return a->base == b->base && a->lists == b->lists && a->packages == b->packages &&
	       str_eq(a->was, b->was) && str_eq(a->is, b->is);
}

static bool modcompare_eq(const struct request_modcompare *a, const struct request_modcompare *b)
{
	return a->diff == b->diff && modver_eq(a->was, b->was) && modver_eq(a->is, b->is) &&
	       str_eq(a->file, b->file);
}

static bool outdated_eq(const struct request_outdated *a, const struct request_outdated *b)
{
	return a->direct == b->direct && a->majors == b->majors && a->glance == b->glance &&
	       a->facts == b->facts && a->cooldown == b->cooldown && a->kept_for == b->kept_for;
}

static bool proxy_eq(const struct request_proxy *a, const struct request_proxy *b)
{
	return a->n_mods == b->n_mods && a->all == b->all && a->no_zips == b->no_zips &&
	       a->glance == b->glance && a->timeout_ms == b->timeout_ms &&
	       mods_eq(a->mods, b->mods, a->n_mods);
}

bool request_eq(const struct request *a, const struct request *b)
{
	if (a->part != b->part)
		return false;
	switch (a->part) {
	case PART_RELEASE:
	case PART_REPLACEMENT:
	case PART_EXPLAIN: return str_eq(a->module, b->module);
	case PART_WHATIF: return steps_eq(&a->steps, &b->steps);
	case PART_TIDY: return tidy_eq(&a->tidy, &b->tidy);
	case PART_CACHE: return cache_eq(&a->cache, &b->cache);
	case PART_VERSIONS:
		return a->versions.ask == b->versions.ask &&
		       str_eq(a->versions.module, b->versions.module);
	case PART_OUTDATED: return outdated_eq(&a->outdated, &b->outdated);
	case PART_HISTORY:
		return a->history.compare == b->history.compare &&
		       a->history.commits == b->history.commits &&
		       a->history.fetch == b->history.fetch &&
		       a->history.kept_for == b->history.kept_for &&
		       str_eq(a->history.module, b->history.module);
	case PART_PLAN: return act_eq(&a->act, &b->act);
	case PART_APPLY:
		return a->apply.tidy == b->apply.tidy && a->apply.plan == b->apply.plan &&
		       steps_eq(&a->apply.steps, &b->apply.steps);
	case PART_VULNS: return str_eq(a->mirror, b->mirror);
	case PART_SINCE: return str_eq(a->since, b->since);
	case PART_RECORD: return option_eq(a->record.given, b->record.given);
	case PART_EXPORT:
		return a->export.record == b->export.record &&
		       a->export.record_format == b->export.record_format &&
		       a->export.format == b->export.format &&
		       str_eq(a->export.file, b->export.file);
	case PART_COMPARE: return compare_eq(&a->compare, &b->compare);
	case PART_PROXY: return proxy_eq(&a->proxy, &b->proxy);
	case PART_MODCOMPARE: return modcompare_eq(&a->modcompare, &b->modcompare);
	case PART_OFFLINE: return offline_eq(&a->offline, &b->offline);
	case PART_MIRROR:
		return a->mirroring.levels == b->mirroring.levels &&
		       str_eq(a->mirroring.target, b->mirroring.target);
	default: return true;
	}
}

/* Hash */

static uint64_t hash_text(const char *s, uint64_t h)
{
	return hash_bytes(s, strlen(s), h);
}

static uint64_t hash_number(unsigned n, uint64_t h)
{
	return hash_bytes(&n, sizeof(n), h);
}

static uint64_t hash_steps(const struct whatif_steps *s, uint64_t h)
{
	for (size_t i = 0; i < s->n; i++) {
		h = hash_number(s->items[i].joined, hash_number(s->items[i].kind, h));
		h = hash_text(s->items[i].version, hash_text(s->items[i].path, h));
	}
	return h;
}

static uint64_t hash_tidy(const struct request_tidy *t, uint64_t h)
{
	h = hash_number(t->fetch, hash_number(t->allow_errors, hash_steps(&t->steps, h)));
	return hash_text(t->compat ? t->compat : "", hash_text(t->go ? t->go : "", h));
}

static uint64_t hash_cache(const struct request_cache *c, uint64_t h)
{
	h = hash_number(c->brief, hash_number(c->behind, h));
	return hash_number(c->depth, hash_number(c->whole, h));
}

static uint64_t hash_outdated(const struct request_outdated *o, uint64_t h)
{
	h = hash_number(o->facts, h);
	h = hash_number(o->glance, hash_number(o->majors, hash_number(o->direct, h)));
	return hash_number((unsigned)o->kept_for, hash_number((unsigned)o->cooldown, h));
}

static uint64_t hash_mods(const struct modver *mods, size_t n, uint64_t h)
{
	for (size_t i = 0; i < n; i++)
		h = hash_text(mods[i].version, hash_text(mods[i].path, h));
	return h;
}

static uint64_t hash_modcompare(const struct request_modcompare *m, uint64_t h)
{
	h = hash_text(m->was.version, hash_text(m->was.path, hash_number(m->diff, h)));
	return hash_text(m->file, hash_text(m->is.version, hash_text(m->is.path, h)));
}

static uint64_t hash_act(const struct request_act *a, uint64_t h)
{
	h = hash_text(a->id, hash_cache(&a->shown, hash_number(a->verb, h)));
	return hash_mods(a->mods, a->n_mods, h);
}

static uint64_t hash_proxy(const struct request_proxy *p, uint64_t h)
{
	h = hash_number((unsigned)p->timeout_ms,
			hash_number(p->no_zips + 2u * p->glance, hash_number(p->all, h)));
	return hash_mods(p->mods, p->n_mods, h);
}

uint64_t request_hash(const struct request *r)
{
	uint64_t h = hash_number(r->part, 1);

	switch (r->part) {
	case PART_RELEASE:
	case PART_REPLACEMENT:
	case PART_EXPLAIN: return hash_text(r->module, h);
	case PART_WHATIF: return hash_steps(&r->steps, h);
	case PART_TIDY: return hash_tidy(&r->tidy, h);
	case PART_CACHE: return hash_cache(&r->cache, h);
	case PART_VERSIONS: return hash_text(r->versions.module, hash_number(r->versions.ask, h));
	case PART_OUTDATED: return hash_outdated(&r->outdated, h);
	case PART_HISTORY:
		h = hash_number((unsigned)r->history.kept_for,
				hash_number(r->history.compare + 2u * r->history.commits +
						    4u * r->history.fetch,
					    h));
		return hash_text(r->history.module, h);
	case PART_PLAN: return hash_act(&r->act, h);
	case PART_APPLY: return hash_steps(&r->apply.steps, hash_number(r->apply.tidy, h));
	case PART_MIRROR:
		return hash_text(r->mirroring.target, hash_number(r->mirroring.levels, h));
	case PART_OFFLINE:
		h = hash_number(r->offline.glance, hash_number(r->offline.levels, h));
		return hash_text(r->offline.platforms ? r->offline.platforms : "", h);
	case PART_PROXY: return hash_proxy(&r->proxy, h);
	case PART_VULNS: return hash_text(r->mirror, h);
	case PART_SINCE: return hash_text(r->since, h);
	case PART_RECORD: return hash_text(r->record.given ? r->record.given : "", h);
	case PART_EXPORT:
		h = hash_number(r->export.record, hash_number(r->export.record_format, h));
		return hash_text(r->export.file, hash_number(r->export.format, h));
	case PART_COMPARE:
		return hash_text(r->compare.is,
				 hash_text(r->compare.was,
					   hash_number(r->compare.base + 2u * r->compare.lists +
							       4u * r->compare.packages,
						       h)));
	case PART_MODCOMPARE: return hash_modcompare(&r->modcompare, h);
	default: return h;
	}
}

/* Copies. The same walk measures the block and fills it. */

struct packer {
	char *block; /* NULL: measures */
	size_t size;
};

static void *take(struct packer *k, const void *data, size_t size, size_t align)
{
	char *to;

	k->size = (k->size + align - 1) / align * align;
	to = k->block ? k->block + k->size : NULL;
	if (to && size)
		memcpy(to, data, size);
	k->size += size;
	return to;
}

static const char *take_text(struct packer *k, const char *s)
{
	return take(k, s, strlen(s) + 1, 1);
}

static const char *take_option(struct packer *k, const char *s)
{
	return s ? take_text(k, s) : NULL;
}

static struct whatif_steps take_steps(struct packer *k, const struct whatif_steps *s)
{
	struct whatif_step *items = take(k, s->items, s->n * sizeof(struct whatif_step),
					 alignof(struct whatif_step));

	for (size_t i = 0; i < s->n; i++) {
		const char *path = take_text(k, s->items[i].path);
		const char *version = take_text(k, s->items[i].version);

		if (items)
			items[i] = (struct whatif_step){ s->items[i].kind, path, version,
							 s->items[i].joined };
	}
	return (struct whatif_steps){ items, s->n };
}

static struct request_tidy take_tidy(struct packer *k, const struct request_tidy *t)
{
	return (struct request_tidy){ take_steps(k, &t->steps), take_option(k, t->go),
				      take_option(k, t->compat), t->allow_errors, t->fetch };
}

static struct modver *take_mods(struct packer *k, const struct modver *from, size_t n)
{
	struct modver *mods = take(k, from, n * sizeof(struct modver), alignof(struct modver));

	for (size_t i = 0; i < n; i++) {
		const char *path = take_text(k, from[i].path);
		const char *version = take_text(k, from[i].version);

		if (mods)
			mods[i] = (struct modver){ path, version };
	}
	return mods;
}

static struct request_act take_act(struct packer *k, const struct request_act *a)
{
	struct request_act to = *a;

	to.mods = take_mods(k, a->mods, a->n_mods);
	to.id = take_text(k, a->id);
	to.missing.platforms = take_option(k, a->missing.platforms);
	return to;
}

static void take_modcompare(struct packer *k, struct request_modcompare *to)
{
	to->was.path = take_text(k, to->was.path);
	to->was.version = take_text(k, to->was.version);
	to->is.path = take_text(k, to->is.path);
	to->is.version = take_text(k, to->is.version);
	to->file = take_text(k, to->file);
}

static struct request *pack(struct packer *k, const struct request *r)
{
	struct request *copy = take(k, r, sizeof(*r), alignof(struct request)), to = *r;

	switch (r->part) {
	case PART_RELEASE:
	case PART_REPLACEMENT:
	case PART_EXPLAIN: to.module = take_text(k, r->module); break;
	case PART_WHATIF: to.steps = take_steps(k, &r->steps); break;
	case PART_TIDY: to.tidy = take_tidy(k, &r->tidy); break;
	case PART_VERSIONS: to.versions.module = take_text(k, r->versions.module); break;
	case PART_HISTORY: to.history.module = take_text(k, r->history.module); break;
	case PART_PLAN: to.act = take_act(k, &r->act); break;
	case PART_APPLY: to.apply.steps = take_steps(k, &r->apply.steps); break;
	case PART_VULNS: to.mirror = take_text(k, r->mirror); break;
	case PART_SINCE: to.since = take_text(k, r->since); break;
	case PART_RECORD: to.record.given = take_option(k, r->record.given); break;
	case PART_EXPORT: to.export.file = take_text(k, r->export.file); break;
	case PART_OFFLINE: to.offline.platforms = take_option(k, r->offline.platforms); break;
	case PART_MIRROR: to.mirroring.target = take_text(k, r->mirroring.target); break;
	case PART_PROXY: to.proxy.mods = take_mods(k, r->proxy.mods, r->proxy.n_mods); break;
	case PART_COMPARE:
		to.compare.was = take_text(k, r->compare.was);
		to.compare.is = take_text(k, r->compare.is);
		break;
	case PART_MODCOMPARE: take_modcompare(k, &to.modcompare); break;
	default: break;
	}
	if (copy)
		*copy = to;
	return copy;
}

struct request *request_copy(const struct request *r)
{
	struct packer k = { NULL, 0 };

	pack(&k, r);
	k = (struct packer){ xmalloc(k.size), 0 };
	return pack(&k, r);
}

/* What it is */

bool request_is_plain(const struct request *r)
{
	switch (r->part) {
	case PART_TIDY: return tidy_eq(&r->tidy, &(struct request_tidy){ 0 });
	case PART_CACHE:
		return !r->cache.whole && !r->cache.brief && r->cache.depth == CACHESCAN_LOOK;
	case PART_OUTDATED: return outdated_eq(&r->outdated, &(struct request_outdated){ 0 });
	/* request network data only once */
	case PART_OFFLINE:
		return offline_eq(&r->offline, &(struct request_offline){ .glance = true });
	case PART_PROXY: return r->proxy.glance;
	case PART_MIRROR: return false;
	case PART_RECORD: return !r->record.given;
	case PART_SINCE:
	case PART_VULNS:
	case PART_EXPLAIN:
	case PART_RELEASE:
	case PART_REPLACEMENT:
	case PART_WHATIF:
	case PART_VERSIONS:
	case PART_HISTORY:
	case PART_PLAN:
	case PART_APPLY:
	case PART_EXPORT:
	case PART_COMPARE:
	case PART_MODCOMPARE: return false;
	default: return true;
	}
}

static const char *const doing[PART_COUNT] = {
	[PART_ENV] = "reading the settings",
	[PART_GRAPH] = "reading go.mod files",
	[PART_EXPLAIN] = "explaining",
	[PART_WHATIF] = "computing the build list",
	[PART_CACHE] = "reading the cache",
	[PART_TIDY] = "computing what tidy would change",
	[PART_IMPORTS] = "reading imports",
	[PART_VERSIONS] = "looking for newer versions",
	[PART_OUTDATED] = "looking for newer versions",
	[PART_HISTORY] = "asking for all versions",
	[PART_TIMES] = "reading the ages of versions",
	[PART_PLAN] = "changing the cache",
	[PART_APPLY] = "computing what would be written",
	[PART_EXPORT] = "writing the graph",
	[PART_REVISIONS] = "reading the revisions",
	[PART_COMPARE] = "comparing",
	[PART_OFFLINE] = "finding what works offline",
	[PART_MIRROR] = "writing the mirror",
	[PART_PROXY] = "asking the proxies",
	[PART_MODCOMPARE] = "comparing",
	[PART_RECORD] = "recording the dependencies",
	[PART_VULNS] = "reading known vulnerabilities",
	[PART_SINCE] = "applying the project's rules to a revision",
	[PART_POLICY] = "applying the project's rules",
	[PART_GIT] = "reading the repository",
	[PART_REPLACES] = "checking replacements",
	[PART_REPLACEMENT] = "comparing the replacement",
	[PART_VENDOR] = "comparing vendored files",
	[PART_RELEASE] = "checking the release",
};

static void steps_text(const struct whatif_steps *s, struct buf *b)
{
	for (size_t i = 0; i < s->n; i++) {
		buf_addstr(b, i ? ", " : " after ");
		whatif_step_text(&s->items[i], b);
	}
}

static void act_text(const struct request_act *a, struct buf *b)
{
	static const char *const verbs[] = {
		[REQUEST_HISTORY] = "reading what was changed",
		[REQUEST_REPAIR] = "repairing the cache",
		[REQUEST_PRUNE] = "pruning the cache",
		[REQUEST_PREFETCH] = "filling the cache",
		[REQUEST_UNDO] = "undoing a change of the cache",
		[REQUEST_OWN] = "reading modscope's own cache",
		[REQUEST_CLEAR] = "emptying modscope's own cache",
	};

	buf_addstr(b, verbs[a->verb]);
}

void request_text(const struct request *r, struct buf *b)
{
	switch (r->part) {
	case PART_CACHE:
		buf_addstr(b, r->cache.depth == CACHESCAN_LOOK ? doing[PART_CACHE]
							       : "hashing the cache");
		break;
	case PART_PLAN: act_text(&r->act, b); break;
	case PART_REPLACEMENT:
	case PART_EXPLAIN: buf_addf(b, "%s %s", doing[r->part], r->module); break;
	case PART_VERSIONS: buf_addf(b, "%s of %s", doing[r->part], r->versions.module); break;
	case PART_APPLY:
		buf_addstr(b, r->apply.plan ? "writing go.mod and go.sum" : doing[PART_APPLY]);
		break;
	case PART_HISTORY: buf_addf(b, "%s of %s", doing[r->part], r->history.module); break;
	case PART_EXPORT:
		buf_addf(b, "%s into %s", r->export.record ? doing[PART_RECORD] : doing[r->part],
			 r->export.file);
		break;
	case PART_MIRROR: buf_addf(b, "%s %s", doing[r->part], r->mirroring.target); break;
	case PART_COMPARE:
		buf_addf(b, "%s %s with %s", doing[r->part], r->compare.was,
			 r->compare.is[0] ? r->compare.is : "the work tree");
		break;
	case PART_MODCOMPARE:
		buf_addf(b, "%s %s@%s with %s", doing[r->part], r->modcompare.was.path,
			 r->modcompare.was.version, r->modcompare.is.version);
		break;
	case PART_WHATIF:
	case PART_TIDY:
		buf_addstr(b, r->part == PART_TIDY && r->tidy.fetch ? "fetching zips for tidy"
								    : doing[r->part]);
		steps_text(r->part == PART_TIDY ? &r->tidy.steps : &r->steps, b);
		break;
	case PART_RELEASE:
		buf_addf(b, "%s %s", doing[r->part], r->module[0] ? r->module : "that comes next");
		break;
	default: buf_addstr(b, doing[r->part]);
	}
}
