#include "parts/watch_stamp.h"

#include <dirent.h>
#include <fcntl.h>

#ifdef HAVE_INOTIFY_INIT1
#include <sys/vfs.h>
#endif

static uint64_t mix(uint64_t h, uint64_t v)
{
	return hash_bytes(&v, sizeof(v), h);
}

/* A directory's own times change with what is in it, which is not asked for. */
static uint64_t mix_stat(uint64_t h, const struct stat *st)
{
	h = mix(mix(h, (uint64_t)st->st_ino), (uint64_t)st->st_dev);
	if (S_ISDIR(st->st_mode))
		return h;
	h = mix(mix(h, (uint64_t)st->st_size), (uint64_t)st->st_mtim.tv_sec);
	h = mix(mix(h, (uint64_t)st->st_mtim.tv_nsec), (uint64_t)st->st_ctim.tv_sec);
	return mix(h, (uint64_t)st->st_ctim.tv_nsec);
}

/* The sum does not depend on the order. */
static uint64_t files_of(const char *path, size_t *calls)
{
	DIR *d = opendir(path);
	struct dirent *de;
	uint64_t sum = 0;

	while (d && *calls <= WATCH_STAMP_FILES && (de = readdir(d))) {
		struct stat st;

		if (str_eq(de->d_name, ".") || str_eq(de->d_name, ".."))
			continue;
		++*calls;
		if (fstatat(dirfd(d), de->d_name, &st, 0) == 0)
			sum += mix_stat(hash_bytes(de->d_name, strlen(de->d_name), 1), &st);
	}
	if (d)
		closedir(d);
	return sum;
}

size_t watch_stamp_take(struct watch_stamp *s, const char *path, bool files)
{
	size_t calls = 1;
	struct stat st;

	memset(s, 0, sizeof(*s));
	if (stat(path, &st))
		return calls;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	s->size = st.st_size;
	s->mtime = st.st_mtim;
	s->ctime = st.st_ctim;
	s->exists = true;
	if (files && S_ISDIR(st.st_mode))
		s->files = files_of(path, &calls);
	return calls;
}

static bool time_equal(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool watch_stamp_equal(const struct watch_stamp *a, const struct watch_stamp *b)
{
	return a->exists == b->exists && a->dev == b->dev && a->ino == b->ino &&
	       a->size == b->size && a->files == b->files && time_equal(a->mtime, b->mtime) &&
	       time_equal(a->ctime, b->ctime);
}

bool watch_stamp_is_other(const struct watch_stamp *old, const char *dir)
{
	struct watch_stamp now;

	watch_stamp_take(&now, dir, false);
	return !now.exists || now.dev != old->dev || now.ino != old->ino;
}

bool watch_stamp_is_remote(const char *dir)
{
#ifdef HAVE_INOTIFY_INIT1
	static const unsigned kinds[] = {
		0x6969 /* nfs */,      0x517b /* smb */,	0xfe534d42 /* smb2 */,
		0xff534d42 /* cifs */, 0x01021997 /* 9p */,	0x65735546 /* fuse, virtiofs */,
		0x00c36400 /* ceph */, 0x5346414f /* afs */,	0x6b414653 /* kafs */,
		0x73757245 /* coda */, 0x786f4256 /* vboxsf */, 0xbacbacbc /* vmhgfs */,
		0x47504653 /* gpfs */, 0x0bd00bd0 /* lustre */, 0x7461636f /* ocfs2 */,
		0x01161970 /* gfs2 */,
	};
	struct statfs fs;

	if (statfs(dir, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if ((unsigned)fs.f_type == kinds[i])
			return true;
#else
	(void)dir;
#endif
	return false;
}
