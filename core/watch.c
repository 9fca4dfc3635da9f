#include "watch.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map.h"

#ifdef HAVE_SYS_INOTIFY_H
#include <sys/inotify.h>
#endif

#define POLL_MS 1000

/* What tells one state of a file from another. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
	bool exists;
};

struct entry {
	char *path;
	char *dir, *name; /* name NULL: the whole directory */
	unsigned tag;
	int wd; /* of inotify; -1: polled */
	struct stamp stamp;
};

struct watch {
	int fd;
	VEC(struct entry) entries;
	struct map by_path; /* index + 1 */
};

static void take_stamp(const struct entry *en, struct stamp *s)
{
	struct stat st;

	memset(s, 0, sizeof(*s));
	if (stat(en->path, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
		s->size = st.st_size;
		s->mtime = st.st_mtim;
		s->ctime = st.st_ctim;
		s->exists = true;
	}
}

static bool time_equal(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
	return a->exists == b->exists && a->dev == b->dev && a->ino == b->ino &&
	       a->size == b->size && time_equal(a->mtime, b->mtime) &&
	       time_equal(a->ctime, b->ctime);
}

struct watch *watch_new(bool polling)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->fd = -1;
#ifdef HAVE_SYS_INOTIFY_H
	if (!polling)
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
#else
	(void)polling;
#endif
	return w;
}

static void entry_release(struct entry *en)
{
	free(en->path);
	free(en->dir);
	free(en->name);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->entries.n; i++)
		entry_release(&w->entries.items[i]);
	vec_release(&w->entries);
	map_release(&w->by_path);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

static bool begin_entry(struct watch *w, struct entry *en)
{
#ifdef HAVE_SYS_INOTIFY_H
	if (w->fd >= 0) {
		en->wd = inotify_add_watch(w->fd, en->dir,
					   IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
						   IN_MOVED_TO | IN_ATTRIB | IN_MODIFY |
						   IN_ONLYDIR);
		return en->wd >= 0;
	}
#else
	(void)w;
#endif
	take_stamp(en, &en->stamp);
	return true;
}

static bool add(struct watch *w, struct entry en)
{
	size_t old = (size_t)(uintptr_t)map_get(&w->by_path, en.path);

	if (old) {
		w->entries.items[old - 1].tag |= en.tag;
		entry_release(&en);
		return true;
	}
	if (w->entries.n >= WATCH_MAX || !begin_entry(w, &en)) {
		entry_release(&en);
		return false;
	}
	vec_push(&w->entries, en);
	map_put(&w->by_path, en.path, (void *)(uintptr_t)w->entries.n);
	return true;
}

bool watch_add(struct watch *w, const char *path, unsigned tag)
{
	const char *slash = strrchr(path, '/');
	struct entry en = { .path = xstrdup(path), .tag = tag, .wd = -1 };

	if (!slash)
		en.dir = xstrdup(".");
	else
		en.dir = slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
	en.name = xstrdup(slash ? slash + 1 : path);
	return add(w, en);
}

bool watch_add_dir(struct watch *w, const char *path, unsigned tag)
{
	return add(w, (struct entry){
			      .path = xstrdup(path), .dir = xstrdup(path), .tag = tag, .wd = -1 });
}

static bool wd_used(const struct watch *w, int wd)
{
	for (size_t i = 0; i < w->entries.n; i++)
		if (w->entries.items[i].wd == wd)
			return true;
	return false;
}

static void drop_entry(struct watch *w, size_t i)
{
	struct entry en = w->entries.items[i];

	w->entries.items[i] = w->entries.items[--w->entries.n];
#ifdef HAVE_SYS_INOTIFY_H
	/* Two entries in one directory share its descriptor. */
	if (en.wd >= 0 && !wd_used(w, en.wd))
		inotify_rm_watch(w->fd, en.wd);
#endif
	entry_release(&en);
}

void watch_clear(struct watch *w, unsigned tag)
{
	for (size_t i = w->entries.n; i-- > 0;) {
		w->entries.items[i].tag &= ~tag;
		if (!w->entries.items[i].tag)
			drop_entry(w, i);
	}
	map_clear(&w->by_path);
	for (size_t i = 0; i < w->entries.n; i++)
		map_put(&w->by_path, w->entries.items[i].path, (void *)(uintptr_t)(i + 1));
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

int watch_interval(const struct watch *w)
{
	return w->fd >= 0 ? -1 : POLL_MS;
}

static unsigned take_polled(struct watch *w)
{
	unsigned tags = 0;

	for (size_t i = 0; i < w->entries.n; i++) {
		struct entry *en = &w->entries.items[i];
		struct stamp now;

		take_stamp(en, &now);
		if (!stamp_equal(&now, &en->stamp))
			tags |= en->tag;
		en->stamp = now;
	}
	return tags;
}

#ifdef HAVE_SYS_INOTIFY_H
static unsigned event_tags(const struct watch *w, const struct inotify_event *ev)
{
	unsigned tags = 0;

	for (size_t i = 0; i < w->entries.n; i++) {
		const struct entry *en = &w->entries.items[i];

		/* After an overflow anything may have changed. */
		if ((ev->mask & IN_Q_OVERFLOW) ||
		    (en->wd == ev->wd && (!en->name || (ev->len && str_eq(en->name, ev->name)))))
			tags |= en->tag;
	}
	return tags;
}

static unsigned take_events(struct watch *w)
{
	_Alignas(struct inotify_event) char buf[16384];
	unsigned tags = 0;
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *ev =
				(const struct inotify_event *)(void *)(buf + at);

			tags |= event_tags(w, ev);
			at += (ssize_t)(sizeof(*ev) + ev->len);
		}
	}
	return tags;
}
#endif

unsigned watch_take(struct watch *w)
{
#ifdef HAVE_SYS_INOTIFY_H
	if (w->fd >= 0)
		return take_events(w);
#endif
	return take_polled(w);
}
