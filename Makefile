# Everything runs in the environment that docker/enter provides.
ENTER := docker/enter
N ?= 2
CASE ?= cases/nmc811_contact_loss
RUN ?= runs/$(notdir $(patsubst %/,%,$(CASE)))
# Debian 13, trixie, or sid with a later DOLFINx
SUITE ?= trixie
export ECMCELL_SUITE = $(SUITE)

.PHONY: help demo report test test-fast test-long test-cluster coverage fuzz verification lint format docs notebooks site test-site bench bench-robust image lock shell
.DEFAULT_GOAL := help

help: ## show this list
	@echo "make TARGET [N=2] [CASE=$(CASE)] [RUN=$(RUN)] [SUITE=trixie|sid]"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand --tabs=18

demo: ## run CASE on N ranks, from where an earlier run in RUN was interrupted, over one that is done; the last line printed is its report
	@$(ENTER) mpirun -n $(N) ecmcell run $(CASE) --output $(RUN) --restart --overwrite

report: ## write the report of RUN anew
	@$(ENTER) ecmcell report $(RUN)

# A rank that fails or hangs ends the others: tests/ranks.py. The last line sums up the run on one.
RANKED := python3 -m pytest -p tests.ranks --color no
SERIAL := python3 -m pytest --numprocesses $(N) --dist worksteal
test: ## test what depends on ranks on 4, 3 and 2, then everything on 1, N tests at a time
	@$(ENTER) mpirun -n 4 $(RANKED) -m "domain and not long"
	@$(ENTER) mpirun -n 3 $(RANKED) -m "domain and not long"
	@$(ENTER) mpirun -n 2 $(RANKED) -m "(mpi or domain) and not long"
	@$(ENTER) $(SERIAL)

test-fast: ## unit tests but those of reports and of the Python interface, N at a time; a minute
	@$(ENTER) $(SERIAL) tests/unit --ignore tests/unit/report --ignore tests/unit/api

test-long: ## the long tests of what depends on ranks, on 4, 3 and 2; make verification has the others
	@$(ENTER) mpirun -n 4 $(RANKED) -m "domain and long"
	@$(ENTER) mpirun -n 3 $(RANKED) -m "domain and long"
	@$(ENTER) mpirun -n 2 $(RANKED) -m "(mpi or domain) and long"

test-cluster: ## jobs and studies on a Slurm that these tests start; ten minutes
	@$(ENTER) python3 -m pytest -rs tests/cluster -m slurm

coverage: ## what unit tests and short verifications cover of the package on one rank; half an hour
	@$(ENTER) env COVERAGE_CORE=sysmon python3 -m coverage run -m pytest tests/unit tests/verification
	@echo "Lines of solver/ecmcell that tests/unit and tests/verification run on one rank:"
	@$(ENTER) python3 -m coverage report

fuzz: ## alter and drop every key of every case and recipe, and run what that leaves, on 1 and 2 ranks
	@$(ENTER) python3 -m pytest tests/cli/test_every_key.py tests/cli/test_fuzz.py -m ""

verification: ## write docs/verification.md from what its tests find, the long ones too
	@$(ENTER) python3 -m pytest tests/verification -m "" --verification docs/verification.md

lint: ## check style and types
	@$(ENTER) ruff check
	@$(ENTER) ruff format --check
	@$(ENTER) mypy

format: ## bring the code into its style
	@$(ENTER) ruff check --fix
	@$(ENTER) ruff format

docs: ## write the case reference from the schema, and the page of outputs from the columns
	@$(ENTER) python3 docs/reference.py
	@$(ENTER) python3 docs/outputs.py

notebooks: ## execute the notebooks of docs/notebooks; five minutes
	@$(ENTER) python3 -m pytest tests/site -m notebooks

site: ## build the site in build/site, with the notebooks as they were executed last
	@$(ENTER) python3 -m docs.site.build

test-site: ## build the site without the outputs of the notebooks, and follow all of its links
	@$(ENTER) python3 -m pytest tests/site -m site

bench: ## iterations, time and memory against unknowns and other methods; half an hour
	@$(ENTER) python3 benchmarks/run.py

bench-robust: ## let interfaces of sixty kinds part, and write the effort of each; half an hour
	@$(ENTER) python3 benchmarks/robust.py

image: ## build the container image and try it, with docker, podman or buildah
	@docker/image

lock: ## pin docker/requirements*.in anew
	@ECMCELL_SUITE=trixie $(ENTER) docker/lock

shell: ## a shell in the environment
	@$(ENTER)
