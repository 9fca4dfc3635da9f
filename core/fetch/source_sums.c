#include "fetch/source_sums.h"

#include "gofiles/gosum.h"
#include "zip/dirhash.h"
#include "fetch/source_net.h"
#include "fetch/source_want.h"
#include "fetch/sumdb.h"
#include "fetch/sumdb_setting.h"

static enum gosum_kind kind_of(const char *what)
{
	return *what ? GOSUM_MOD : GOSUM_ZIP;
}

bool source_sums_are_known(const struct source_sums *s, struct modver m, const char *what,
			   struct err *e)
{
	if (!s->gosum || !s->must_exist || gosum_have(s->gosum, m, kind_of(what)))
		return true;
	if (*what)
		return err_set(
			e, ERR_REFUSED,
			"missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s",
			m.path);
	return err_set(e, ERR_REFUSED, "missing go.sum entry");
}

/* Checks against the database if the settings require it. Offline, a hash that it cannot be asked about stays unchecked and is recorded as wanted. */
static bool check_database(const struct source_sums *s, struct modver m, const char *what,
			   const char *sum, enum source_sums_proof *proof, struct err *e)
{
	struct err why = ERR_INIT;

	*proof = SOURCE_SUMS_UNPROVEN;
	if (!sumdb_setting_wants(s->env, m.path))
		return true;
	if (sumdb_check(source_net_sumdb(s->net), m, what, sum, &why)) {
		*proof = SOURCE_SUMS_PROVEN;
		return true;
	}
	if (why.code == ERR_OFFLINE && s->offline) {
		source_wants_add(s->wants, &(struct source_want){ m, "sum", false, true, 0 });
		err_release(&why);
		return true;
	}
	return err_move(e, &why);
}

bool source_sums_check(const struct source_sums *s, struct modver m, const char *what,
		       const char *sum, enum source_sums_proof *proof, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;
	enum source_sums_proof ignored = SOURCE_SUMS_UNPROVEN;

	proof = proof ? proof : &ignored;
	*proof = SOURCE_SUMS_PROVEN;
	if (s->gosum)
		answer = gosum_check(s->gosum, m, kind_of(what), sum, e);
	if (answer != GOSUM_ABSENT)
		return answer == GOSUM_MATCH;
	if (!check_database(s, m, what, sum, proof, e))
		return false;
	if (s->gosum)
		gosum_learn(s->gosum, m, kind_of(what), sum);
	return true;
}

enum source_sums_proof source_sums_prove(const struct source_sums *s, struct modver m,
					 const char *what, const char *sum)
{
	enum gosum_answer answer = GOSUM_ABSENT;
	enum source_sums_proof proof = SOURCE_SUMS_UNPROVEN;
	struct err why = ERR_INIT;

	if (s->gosum)
		answer = gosum_check(s->gosum, m, kind_of(what), sum, &why);
	if (answer == GOSUM_MATCH)
		proof = SOURCE_SUMS_PROVEN;
	else if (answer == GOSUM_ABSENT && check_database(s, m, what, sum, &proof, &why) &&
		 proof == SOURCE_SUMS_PROVEN && s->gosum)
		gosum_learn(s->gosum, m, kind_of(what), sum);
	if (why.code == ERR_CHECKSUM && proof != SOURCE_SUMS_PROVEN)
		proof = SOURCE_SUMS_DISPROVEN;
	err_release(&why);
	return proof;
}

bool source_sums_of_database(const struct source_sums *s, struct modver m, struct buf *lines,
			     struct err *e)
{
	if (!sumdb_setting_wants(s->env, m.path))
		return err_set(e, ERR_REFUSED,
			       "the checksum database is not asked about it (GOSUMDB, GONOSUMDB)");
	return sumdb_lookup(source_net_sumdb(s->net), m, "", lines, e) &&
	       sumdb_lookup(source_net_sumdb(s->net), m, "/go.mod", lines, e);
}

bool source_sums_check_gomod(const struct source_sums *s, struct modver m, const char *data,
			     size_t len, char sum[DIRHASH_LEN + 1], enum source_sums_proof *proof,
			     struct err *e)
{
	dirhash_gomod(data, len, sum);
	return source_sums_check(s, m, "/go.mod", sum, proof, e);
}
