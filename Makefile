# What is too long for every change. Everything else is in .ci/run.

KILLS ?= 5000

.PHONY: kill
kill: ## kill a deliverer 5,000 times, with SQLite and with three processes on PostgreSQL
	go test ./notify -count=1 -timeout 2h -v -run 'Kill' -kills $(KILLS)
