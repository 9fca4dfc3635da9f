#include "cache/sumdb_audit_impl.h"

static const char misbehavior[] = "SECURITY ERROR: go.sum database server misbehavior detected!";

/* Whether the record is in the tree at its number. */
static enum sumdb_audit_state judge_record(struct sumdb_audit_work *d,
					   const struct sumdb_audit_lookup *l)
{
	const struct sumdb_audit_place *p = sumdb_audit_find_place(d, 0, l->id / SUMDB_AUDIT_WIDTH);
	struct sumdb_audit_hashes h;
	int at = (int)(l->id % SUMDB_AUDIT_WIDTH);

	if (l->id < 0 || l->id >= d->newest) {
		sumdb_audit_wrong(d, l->file, "its record is beyond the end of the tree",
				  arena_fmt(d->a, "cannot validate record %jd in tree of size %jd",
					    (intmax_t)l->id, (intmax_t)d->newest));
		return AUDIT_WRONG;
	}
	if (!p || p->proven <= at || !sumdb_audit_read_tile(d, &d->tiles.items[p->by], at + 1, &h))
		return AUDIT_UNPROVEN;
	if (memcmp(h.bytes + (size_t)at * SUMDB_AUDIT_HASH, &l->hash, SUMDB_AUDIT_HASH) == 0)
		return AUDIT_PROVEN;
	sumdb_audit_wrong(d, l->file, "its record differs from the one in the tree",
			  "cannot authenticate record data in server response");
	d->files.items[l->file].expected =
		arena_fmt(d->a, "a record whose hash is %s",
			  sumdb_audit_base64(d, h.bytes + (size_t)at * SUMDB_AUDIT_HASH));
	d->files.items[l->file].found = sumdb_audit_base64(d, l->hash.bytes);
	return AUDIT_WRONG;
}

static void judge_lookup(struct sumdb_audit_work *d, const struct sumdb_audit_lookup *l)
{
	struct sumdb_audit_file *f = &d->files.items[l->file];

	if (f->state == AUDIT_WRONG || l->head == SUMDB_AUDIT_NO_TREE)
		return;
	if (d->heads.items[l->head].state == TREE_FORKED) {
		sumdb_audit_wrong(d, l->file, "its signed tree contradicts the other signed trees",
				  misbehavior);
		return;
	}
	f->state = judge_record(d, l);
	if (f->state == AUDIT_PROVEN && d->heads.items[l->head].state != TREE_PROVEN)
		f->state = AUDIT_UNPROVEN;
}

static void judge_latest(struct sumdb_audit_work *d)
{
	enum sumdb_audit_tree state;

	if (d->latest_head == SUMDB_AUDIT_NO_TREE)
		return;
	state = d->heads.items[d->latest_head].state;
	if (state == TREE_FORKED)
		sumdb_audit_wrong(d, d->latest_file,
				  "its signed tree contradicts the other signed trees",
				  misbehavior);
	else if (state == TREE_PROVEN)
		d->files.items[d->latest_file].state = AUDIT_PROVEN;
}

static void finish(struct sumdb_audit_work *d, struct sumdb_audit *out)
{
	out->files = arena_memdup(d->a, d->files.items, d->files.n * sizeof(*out->files));
	out->n = d->files.n;
	out->unread = d->unread;
	for (size_t i = 0; i < out->n; i++)
		if (out->files[i].bytes && out->files[i].kind != AUDIT_STRAY)
			out->states[out->files[i].state]++;
	out->unproven = !out->states[AUDIT_UNPROVEN] ? ""
			: !d->o->prove		     ? "not looked at"
			: !d->o->key		     ? "the database's key is not known"
						     : "tiles that would prove it are not cached";
	vec_release(&d->files);
	vec_release(&d->tiles);
	vec_release(&d->places);
	vec_release(&d->heads);
	vec_release(&d->lookups);
}

void sumdb_audit_run(struct sumdb_audit *out, struct arena *a, const struct sumdb_audit_options *o)
{
	struct sumdb_audit_work d = { .o = o,
				      .a = a,
				      .latest_file = SUMDB_AUDIT_NO_TREE,
				      .latest_head = SUMDB_AUDIT_NO_TREE };

	*out = (struct sumdb_audit){ .unproven = "" };
	sumdb_audit_find(&d);
	sumdb_audit_make_places(&d);
	sumdb_audit_read_heads(&d);
	if (o->prove && o->key) {
		sumdb_audit_short_tiles(&d);
		sumdb_audit_prove(&d);
		sumdb_audit_judge_tiles(&d);
		for (size_t i = 0; i < d.lookups.n; i++)
			judge_lookup(&d, &d.lookups.items[i]);
		judge_latest(&d);
	}
	finish(&d, out);
}
