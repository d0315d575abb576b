.PHONY: run test
run:
	@./parley up
test:
	@./parley test
