/*
 * shim.h - shim.c as a part of a test program, where it is linked instead of preloaded: file operations of this process fail.
 *
 *	shim_record(dir);                       // one run in which nothing fails
 *	work();
 *	n = shim_recorded();
 *	for (size_t i = 0; i < n; i++) {
 *		shim_arm(dir, i);               // and one for each place in the code that made a call
 *		ok = work();
 *		failed = shim_disarm();
 *	}
 *
 * A place is a call with the functions that led to it, so that it is found again whatever other threads do meanwhile. Arm and disarm while no
 * other thread works. Calls count that concern paths at or below roots (separated by ':', borrowed) and descriptors that were opened there.
 */
#ifndef MODSCOPE_SHIM_H
#define MODSCOPE_SHIM_H

#include <stdbool.h>
#include <stddef.h>

/* False where the C library is not glibc: nothing will fail. */
bool shim_works(void);
/* Notes the places until shim_recorded, which returns how many there were. Nothing fails, and nothing is synced. */
void shim_record(const char *roots);
size_t shim_recorded(void);
/* Makes the first call at the i-th recorded place fail; SIZE_MAX: none, but nothing is synced. */
void shim_arm(const char *roots, size_t i);
/* The same, and from then on the same operation on the same path fails wherever it is called. */
void shim_arm_for_good(const char *roots, size_t i);
/* Calls that function at the i-th recorded place, in the thread that is there, and nothing fails. */
void shim_arm_call(const char *roots, size_t i, void (*call)(void *ctx), void *ctx);
/* Makes each call of that name ("rename", "write", ...) fail there; "open PATH": only on that path and below. op is borrowed. */
void shim_arm_all(const char *roots, const char *op);
/* What fails from now on fails with this errno; 0: with one that is likely for the call, as at the beginning. */
void shim_errno(int number);
/* Ends that. What has failed, "open PATH", the last one; NULL if nothing has. Valid until it is armed again. */
const char *shim_disarm(void);
/* Renames and links between what is below dir and what is not fail, as between mounts; NULL ends it. Borrowed. */
void shim_mount(const char *dir);

#endif
