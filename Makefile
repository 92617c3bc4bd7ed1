# callbridge's yard. Every target first installs what it needs (deploy/setup); where all of that is
# there, this takes 0.2 s. SETUP=off never installs anything.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A Swift that deploy/setup/swift.sh had to install goes first; where it had not, there is no such folder.
export PATH := $(shell deploy/setup/swift.sh --home)/usr/bin:$(PATH)
packages := deploy/setup/packages.sh

# An import the floor plan does not grant is an error, and so is a warning, in Swift and in C.
strict := --explicit-target-dependency-import-check error -Xswiftc -warnings-as-errors -Xcc -Werror
# The programs carry Swift's runtime in them: a machine that runs them needs no toolchain.
# That nobody else touches memory while it is changed is checked by the compiler, and in every test
# as it happens; here the latter took a tenth of all instructions for a frame of audio.
release := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs $(strict)
programs := .build/release
# What `make run` and `make bench` hand to the program.
ARGS ?=
FUZZ_SECONDS ?= 20
SEEDS ?= 10000

# Swift's own crash report would read freed memory and be reported in place of the fault.
# One after another: side by side the slow ones would starve those that wait for a real socket.
# The house's own rules are read from its sources: no memory of ours is at work there.
sanitized := SWIFT_BACKTRACE=enable=no swift test --disable-xctest --no-parallel --skip HouseTests

.PHONY: help setup setup-tests build run demo test check lint format bench fuzz simulate \
	sanitize-address sanitize-thread deb clean

help: ## say what each target does
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' Makefile

setup: ## install what building needs: Debian packages, Swift
	@$(packages) build
	@deploy/setup/swift.sh

setup-tests: setup
	@$(packages) test

build: setup ## build the programs into .build/release
	swift build $(release)

run: build ## build, then answer telephones as the environment says (ARGS=…)
	$(programs)/callbridge serve $(ARGS)

demo: build ## a whole telephone call on this machine: no account, key or network
	deploy/setup/demo.sh $(programs)

test: check ## check, then all tests; ends with "N passed, N failed"
	Tests/everything.sh

check: setup-tests lint ## the written form, and a build in which every warning is an error
	swift build --build-tests $(strict)

lint: setup
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: setup ## put Swift files into the house's form
	swift format --in-place --recursive --parallel Package.swift Sources Tests

bench: build ## measure load, latency, codecs (ARGS=… go to callbench)
	@$(packages) bench
	deploy/setup/bench.sh $(programs) $(ARGS)

fuzz: setup ## feed every reader random bytes, FUZZ_SECONDS (20) each
	FUZZ_SECONDS=$(FUZZ_SECONDS) Tests/Fuzz/run.sh

simulate: setup ## whole houses in memory, SEEDS (10000) of them; seeds that fail are kept
	swift build $(release) --product housesim
	$(programs)/housesim --seeds $(SEEDS) --replays Tests/SimulationTests/Replays $(ARGS)

sanitize-address: setup-tests ## run the tests under AddressSanitizer
	$(sanitized) --sanitize=address --scratch-path .build/sanitize-address

sanitize-thread: setup-tests ## run the tests under ThreadSanitizer
	$(sanitized) --sanitize=thread --scratch-path .build/sanitize-thread

deb: build ## the Debian package, into .build/deb
	@$(packages) deb
	deploy/setup/deb.sh $(programs)

clean: ## remove everything that was built
	rm -rf .build out
