# slaclock. Needs GNU make 4 or later; `make help` says what there is to make.

VERSION = 0.1.0

prefix     = /usr/local
bindir     = $(prefix)/bin
libdir     = $(prefix)/lib
includedir = $(prefix)/include
datadir    = $(prefix)/share
mandir     = $(datadir)/man

CFLAGS     = -O2 -g
AR         = ar
INSTALL    = install
PKG_CONFIG = pkg-config
# What `make bench` does: quick, usual or full.
BENCH     ?= usual

# --- settings -------------------------------------------------------------------------------------------------------

ifneq ($(words $(CURDIR)),1)
$(error the path of this folder has a space in it, with which make cannot work: move the folder)
endif

# One folder for each compiler and set of sanitizers: build/cc, build/clang, build/cc-address-undefined.
comma := ,
BUILD := build/$(notdir $(firstword $(CC)))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))

WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
  -Wvla $(if $(WERROR),-Werror)

ifdef SANITIZE
SANITIZE_FLAGS = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# $(call packages,CFLAGS-OR-LIBS,MODULES,WHAT TO SAY WHERE PKG-CONFIG KNOWS NOTHING): asked once, when first needed,
# which may be after `make deps` has installed it.
packages = $(shell $(PKG_CONFIG) --$(1) $(2) 2>/dev/null || echo $(3))
once     = $(eval $(1) := $(2))$($(1))

MODULES       = yaml-0.1
MODULE_CFLAGS = $(call once,MODULE_CFLAGS,$(call packages,cflags,$(MODULES)))
MODULE_LIBS   = $(call once,MODULE_LIBS,$(call packages,libs,$(MODULES),-lyaml))
# Its headers only: ICU is loaded by what needs it (see src/time/icu.h). A test is linked with it.
ICU_CFLAGS    = $(call once,ICU_CFLAGS,$(call packages,cflags,icu-i18n icu-uc))
ICU_LIBS      = $(call once,ICU_LIBS,$(call packages,libs,icu-i18n icu-uc,-licui18n -licuuc))
# Likewise: the library is loaded by `slaclock feed`, the one command that needs it (see src/cli/fetch.h).
CURL_CFLAGS   = $(call once,CURL_CFLAGS,$(call packages,cflags,libcurl))
# Likewise: libical is loaded when a feed has an event that repeats by an unusual rule (see src/holidays/feed_ical.h).
ICAL_CFLAGS   = $(call once,ICAL_CFLAGS,$(call packages,cflags,libical))
# And jansson when JSON has something wrong or odd in it (see src/cli/json_read.h).
JANSSON_CFLAGS = $(call once,JANSSON_CFLAGS,$(call packages,cflags,jansson))
HEADER_CFLAGS = $(ICU_CFLAGS) $(CURL_CFLAGS) $(ICAL_CFLAGS) $(JANSSON_CFLAGS)
CMOCKA_CFLAGS = $(call once,CMOCKA_CFLAGS,$(call packages,cflags,cmocka))
CMOCKA_LIBS   = $(call once,CMOCKA_LIBS,$(call packages,libs,cmocka,-lcmocka))
# dlopen, where it is not in the C library.
DL_LIBS       = -ldl

DEFINES = -D_GNU_SOURCE -DSLACLOCK_VERSION='"$(VERSION)"'
COMPILE = $(CC) -std=c17 -pthread -Iinclude -Isrc $(DEFINES) $(MODULE_CFLAGS) $(CPPFLAGS) $(WARNINGS) \
  $(SANITIZE_FLAGS) $(CFLAGS)
LINK    = $(CC) -pthread $(SANITIZE_FLAGS) $(CFLAGS) $(LDFLAGS)

# As many jobs as there are processors, unless the command line says -j.
JOBS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Commands are shown in short; V=1 shows them whole.
Q   = $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n')

# --- what there is --------------------------------------------------------------------------------------------------

LAYERS       := base time holidays calendar policy engine api
LIB_SOURCES  := $(sort $(wildcard $(LAYERS:%=src/%/*.c)))
CLI_SOURCES  := $(sort $(filter-out src/cli/main.c,$(wildcard src/cli/*.c)))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
HELP_SOURCES := $(sort $(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c)))
CALENDARS    := $(sort $(shell find calendars -type f ! -name '.*'))
MANUALS      := $(sort $(wildcard man/*.[1-9]))

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

LIB   := $(BUILD)/libslaclock.a
CLI   := $(BUILD)/cli.a
UNITS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
BENCHES := $(BENCH_SOURCES:tests/bench/%.c=$(BUILD)/bench/%)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all bench check clean demo deps dist format help install installcheck lint tests uninstall FORCE

all: $(BUILD)/slaclock

# --- building -------------------------------------------------------------------------------------------------------

# Writes the target anew when its text is no longer $(1). (make expands a recipe whole before it runs the first line.)
define write_if_changed
$(shell mkdir -p $(@D))$(file >$@.new,$(1))
@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endef

# Everything is compiled again when the flags change, and linked again when a source file comes or goes.
$(BUILD)/flags: FORCE | $(BUILD)/usable
	$(call write_if_changed,$(COMPILE) $(LDFLAGS) $(MODULE_LIBS) $(HEADER_CFLAGS))

$(BUILD)/sources: FORCE
	$(call write_if_changed,$(LIB_SOURCES) $(CLI_SOURCES) $(HELP_SOURCES))

# Says once, in plain words, that there is no compiler or no library.
define TRY_C
#include <curl/curl.h>
#include <jansson.h>
#include <libical/ical.h>
#include <unicode/ucal.h>
#include <yaml.h>
int main(void) {
  return yaml_get_version_string() == 0 || CURLE_OK != 0 || ICAL_NO_RECURRENCE == 0 || JSON_ALLOW_NUL == 0;
}
endef

$(BUILD)/usable:
	$(shell mkdir -p $(@D))$(file >$@.c,$(TRY_C))
	@$(COMPILE) $(HEADER_CFLAGS) -o $@.try $@.c $(LDFLAGS) $(MODULE_LIBS) $(DL_LIBS) || { \
	  echo 'make: this needs a C compiler, ICU, libyaml, libical, libcurl, jansson: "make deps" installs them' >&2; \
	  exit 1; }
	@rm -f $@.c $@.try && touch $@

# check and demo install what is missing first.
ifneq ($(filter check demo,$(MAKECMDGOALS)),)
$(BUILD)/usable: | deps
endif

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%.o: tests/unit/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(COMPILE) -Itests/unit $(CMOCKA_CFLAGS) $(ICU_CFLAGS) -MMD -MP -c -o $@ $<

# Only this file knows where it is going to be installed, so that `make install prefix=/usr` compiles only it anew.
$(BUILD)/datadir: FORCE
	$(call write_if_changed,$(datadir))

$(BUILD)/src/base/file.o: $(BUILD)/datadir
$(BUILD)/src/base/file.o: private DEFINES += -DSLACLOCK_DATADIR='"$(datadir)/slaclock"'

$(BUILD)/src/time/icu.o $(BUILD)/src/time/%_icu.o: private DEFINES += $(ICU_CFLAGS)
$(BUILD)/src/cli/fetch.o: private DEFINES += $(CURL_CFLAGS)
$(BUILD)/src/cli/json_read.o: private DEFINES += $(JANSSON_CFLAGS)
$(BUILD)/tests/unit/test_json_object.o: private DEFINES += $(JANSSON_CFLAGS)
$(BUILD)/src/holidays/feed_ical.o: private DEFINES += $(ICAL_CFLAGS)

$(LIB): $(call objects,$(LIB_SOURCES))
$(CLI): $(call objects,$(CLI_SOURCES))
$(LIB) $(CLI): $(BUILD)/sources | $(BUILD)/usable
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/slaclock: $(call objects,src/cli/main.c) $(CLI) $(LIB)
	$(say) LD $@
	$(Q)$(LINK) -o $@ $^ $(MODULE_LIBS) $(DL_LIBS)

$(UNITS): $(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(call objects,$(HELP_SOURCES)) $(CLI) $(LIB)
	$(say) LD $@
	$(Q)$(LINK) -o $@ $^ $(CMOCKA_LIBS) $(ICU_LIBS) $(MODULE_LIBS) $(DL_LIBS)

# Each a program in one file, that knows nothing of slaclock.
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/tests/bench/%.o
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(LINK) -o $@ $^

-include $(patsubst %.c,$(BUILD)/%.d,$(LIB_SOURCES) $(CLI_SOURCES) src/cli/main.c $(UNIT_SOURCES) $(HELP_SOURCES) \
  $(BENCH_SOURCES))

# --- trying and checking --------------------------------------------------------------------------------------------

deps:
	@CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' tests/deps

tests: $(UNITS) $(BENCHES)

check: deps all tests
	@tests/run-check --build $(BUILD) --jobs $(JOBS) $(if $(ONLY),--only '$(ONLY)')

# How fast it is, into tests/bench/RESULTS.md. BENCH=quick tries the machinery, BENCH=full goes to a hundred million
# rows.
bench: all $(BENCHES)
	@tests/bench/run --build $(BUILD) --size $(BENCH)

demo: deps all
	@tests/demo.sh $(BUILD)/slaclock

lint:
	+@MAKE='$(MAKE)' tests/lint

format:
	clang-format -i $$(find include src tests -name '*.[ch]')

# --- installing -----------------------------------------------------------------------------------------------------

define PC
Name: slaclock
Description: Due times and breach status of incidents under business-hours calendars
Version: $(VERSION)
Requires: $(MODULES)
Cflags: -I$${includedir}
Libs: -L$${libdir} -lslaclock $(DL_LIBS)
endef

# $(call relocatable,DIR): DIR as pkg-config writes it, relative to prefix where it is below it.
relocatable = $(patsubst $(prefix)/%,$${prefix}/%,$(1))

# $(call manual,PAGE): where a page of the manual goes.
manual = $(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))

INSTALLED = $(bindir)/slaclock $(includedir)/slaclock.h $(libdir)/libslaclock.a $(libdir)/pkgconfig/slaclock.pc \
  $(CALENDARS:%=$(datadir)/slaclock/%) $(foreach page,$(MANUALS),$(call manual,$(page)))

install: all
	$(file >$(BUILD)/slaclock.pc,prefix=$(prefix))
	$(file >>$(BUILD)/slaclock.pc,libdir=$(call relocatable,$(libdir)))
	$(file >>$(BUILD)/slaclock.pc,includedir=$(call relocatable,$(includedir)))
	$(file >>$(BUILD)/slaclock.pc,)
	$(file >>$(BUILD)/slaclock.pc,$(PC))
	$(INSTALL) -d $(sort $(dir $(addprefix $(DESTDIR),$(INSTALLED))))
	$(INSTALL) -m 755 $(BUILD)/slaclock $(DESTDIR)$(bindir)/slaclock
	$(INSTALL) -m 644 include/slaclock.h $(DESTDIR)$(includedir)/slaclock.h
	$(INSTALL) -m 644 $(LIB) $(DESTDIR)$(libdir)/libslaclock.a
	$(INSTALL) -m 644 $(BUILD)/slaclock.pc $(DESTDIR)$(libdir)/pkgconfig/slaclock.pc
	@$(foreach file,$(CALENDARS),$(INSTALL) -m 644 $(file) $(DESTDIR)$(datadir)/slaclock/$(file) && ):
	@$(foreach page,$(MANUALS),$(INSTALL) -m 644 $(page) $(DESTDIR)$(call manual,$(page)) && ):

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@find $(DESTDIR)$(datadir)/slaclock -depth -type d -exec rmdir {} \; 2>/dev/null || :

# Tries what `make install` has put there, as somebody would who has never seen this folder.
installcheck:
	@CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' VERSION='$(VERSION)' DESTDIR='$(DESTDIR)' prefix='$(prefix)' \
	  bindir='$(bindir)' libdir='$(libdir)' datadir='$(datadir)' mandir='$(mandir)' tests/installcheck

# Of the last commit, byte for byte the same wherever it is made.
dist:
	@mkdir -p build
	git archive --format=tar --prefix=slaclock-$(VERSION)/ HEAD | gzip -9n >build/slaclock-$(VERSION).tar.gz
	@echo build/slaclock-$(VERSION).tar.gz

clean:
	rm -rf build

help:
	@printf '%s\n' \
	  'make               the program build/cc/slaclock and the library build/cc/libslaclock.a' \
	  'make demo          shows what it does with five support policies and a file of incidents' \
	  'make check         builds and runs all tests; ONLY=text runs those whose name has the text in it' \
	  'make bench         measures how fast it is, into tests/bench/RESULTS.md; BENCH=quick, BENCH=full' \
	  'make deps          installs what is needed (Debian, Ubuntu) or says what to install; check and demo do it first' \
	  'make install       into prefix=$(prefix); uninstall removes it again, installcheck tries it' \
	  'make lint          checks the layers, the format, the manual and the scripts; format formats the code' \
	  'make dist          an archive of the last commit in build' \
	  'make clean         removes the folder build' \
	  '' \
	  'Variables: CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG, DESTDIR prefix bindir libdir includedir datadir mandir,' \
	  'SANITIZE=address,undefined, WERROR=1, BUILD=folder, V=1 (whole commands), JOBS=number.'
