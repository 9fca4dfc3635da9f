/*
 * unit.h - the first include of every unit test: cmocka with the headers it requires, and base, but nothing above base.
 * A test adds the header of what it tests.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

#endif
