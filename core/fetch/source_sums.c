#include "gofiles/gosum.h"
#include "zip/modhash.h"
#include "fetch/source_impl.h"
#include "fetch/sumdb.h"

static enum gosum_kind kind_of(const char *what)
{
	return *what ? GOSUM_MOD : GOSUM_ZIP;
}

bool check_sum_known(struct source *s, struct modver m, const char *what, struct err *e)
{
	if (!s->sums || !s->sums_must_exist || gosum_have(s->sums, m, kind_of(what)))
		return true;
	if (*what)
		return err_set(
			e, ERR_REFUSED,
			"missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s",
			m.path);
	return err_set(e, ERR_REFUSED, "missing go.sum entry");
}

/* The database, where the settings want it. Offline, what it cannot be asked about stays unchecked, and is noted as wanted. */
static bool check_database(struct source *s, struct modver m, const char *what, const char *sum,
			   struct err *e)
{
	struct err why = ERR_INIT;

	if (!sumdb_wanted(s->o.env, m.path) || sumdb_check(net_sumdb(s), m, what, sum, &why))
		return true;
	if (why.code == ERR_OFFLINE && s->o.offline) {
		source_note_want(s, m, "sum", false, 0);
		err_release(&why);
		return true;
	}
	return err_move(e, &why);
}

bool check_sum(struct source *s, struct modver m, const char *what, const char *sum, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	if (s->sums)
		answer = gosum_check(s->sums, m, kind_of(what), sum, e);
	if (answer != GOSUM_ABSENT)
		return answer == GOSUM_MATCH;
	if (!check_database(s, m, what, sum, e))
		return false;
	if (s->sums)
		gosum_learn(s->sums, m, kind_of(what), sum);
	return true;
}

bool source_check_sum(struct source *s, struct modver m, bool gomod, const char *sum, struct err *e)
{
	return check_sum(s, m, gomod ? "/go.mod" : "", sum, e);
}

bool source_sumdb_lines(struct source *s, struct modver m, struct buf *lines, struct err *e)
{
	if (!sumdb_wanted(s->o.env, m.path))
		return err_set(e, ERR_REFUSED,
			       "the checksum database is not asked about it (GOSUMDB, GONOSUMDB)");
	return sumdb_lookup(net_sumdb(s), m, "", lines, e) &&
	       sumdb_lookup(net_sumdb(s), m, "/go.mod", lines, e);
}

bool check_gomod(struct source *s, struct modver m, const char *data, size_t len,
		 char sum[DIRHASH_LEN + 1], struct err *e)
{
	modhash_gomod(data, len, sum);
	return check_sum(s, m, "/go.mod", sum, e);
}
