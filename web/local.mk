# The page: built out of the source folder (a copy in web-work/, so that a
# read-only source tree serves), into web/ of the build directory. npm runs
# only when the lock file changed, the bundler only when a source did. A
# release carries the bundle, so that it installs without npm.
YL_WEB_FOLDERS = protocol media state locales ui public tests
YL_WEB_FILES = web/app.tsx web/build.mjs web/package.json \
  web/package-lock.json web/.npmrc web/tsconfig.json
YL_WEB_INPUTS := $(YL_WEB_FILES) $(patsubst $(srcdir)/%,%,$(sort \
  $(foreach folder,$(YL_WEB_FOLDERS),$(wildcard \
    $(srcdir)/web/$(folder)/*.ts $(srcdir)/web/$(folder)/*.tsx \
    $(srcdir)/web/$(folder)/*.css $(srcdir)/web/$(folder)/*.html \
    $(srcdir)/web/$(folder)/*.js $(srcdir)/web/$(folder)/*.svg \
    $(srcdir)/web/$(folder)/*/*.ts $(srcdir)/web/$(folder)/*/*.tsx \
    $(srcdir)/web/$(folder)/*/*.css))))
YL_WEB_BUNDLE = $(srcdir)/web/bundle

EXTRA_DIST += $(YL_WEB_INPUTS) web/README.md
dist_check_SCRIPTS += web/check-web.sh

web-work/.packages: web/package.json web/package-lock.json web/.npmrc
	@$(MKDIR_P) web-work
	$(AM_V_GEN)for file in package.json package-lock.json .npmrc; do \
	  cp -f "$(srcdir)/web/$$file" web-work/ || exit 1; done; \
	cd web-work && "$(NPM)" ci --no-audit --no-fund --ignore-scripts \
	  --loglevel=error >/dev/null && touch .packages

web/.built: $(YL_WEB_INPUTS)
	@if test -f web/package.json; then \
	  echo 'web: please build outside the source tree' >&2; exit 1; fi
	@if test -f "$(YL_WEB_BUNDLE)/.built" && { test -z "$(NPM)" \
	    || test -z "`cd $(srcdir) && find $(YL_WEB_INPUTS) \
	      -newer web/bundle/.built`"; }; then \
	  echo '  GEN      web (the bundle of this release)'; \
	  rm -rf web && cp -R "$(YL_WEB_BUNDLE)" web && touch web/.built; \
	elif test -n "$(NPM)"; then \
	  $(MAKE) $(AM_MAKEFLAGS) web-work/.packages && \
	  $(MAKE) $(AM_MAKEFLAGS) web-from-source; \
	else \
	  echo 'web: install the Debian packages nodejs and npm' >&2; exit 1; \
	fi

web-from-source:
	$(AM_V_GEN)(cd web-work && rm -rf app.tsx build.mjs tsconfig.json \
	  $(YL_WEB_FOLDERS)) && \
	for file in $(YL_WEB_INPUTS); do \
	  copy=web-work/$${file#web/}; \
	  $(MKDIR_P) "$${copy%/*}" && cp -f "$(srcdir)/$$file" "$$copy" \
	    || exit 1; \
	done && \
	(cd web-work && node build.mjs --out ../web --tests tests.mjs) && \
	touch web/.built
.PHONY: web-from-source install-web uninstall-web clean-web dist-web

all-local: web/.built

# Not in one wildcard: a stale hashed file must not be served for ever.
install-data-local: install-web
install-web: web/.built
	@$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/web"
	rm -f "$(DESTDIR)$(pkgdatadir)"/web/*
	$(INSTALL_DATA) web/* "$(DESTDIR)$(pkgdatadir)/web/"

uninstall-local: uninstall-web
uninstall-web:
	rm -rf "$(DESTDIR)$(pkgdatadir)/web"

clean-local: clean-web
clean-web:
	rm -rf web-work
	-test -f web/package.json || rm -rf web

dist-hook: dist-web
dist-web: web/.built
	rm -rf "$(distdir)/web/bundle"
	cp -R web "$(distdir)/web/bundle"
