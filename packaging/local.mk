systemdunitdir = $(prefix)/lib/systemd/system
dist_systemdunit_DATA = packaging/yilian.service
dist_pkgdata_DATA = packaging/demo-alliance.json
sysctldir = $(prefix)/lib/sysctl.d
dist_sysctl_DATA = packaging/60-yilian.conf

# The settings of a site that is there already stay as they are.
EXTRA_DIST += packaging/yilian.conf
yilianconfdir = $(sysconfdir)/yilian
install-data-local: install-settings
install-settings:
	$(MKDIR_P) '$(DESTDIR)$(yilianconfdir)'
	test -e '$(DESTDIR)$(yilianconfdir)/yilian.conf' \
	  || $(INSTALL_DATA) '$(srcdir)/packaging/yilian.conf' \
	    '$(DESTDIR)$(yilianconfdir)/yilian.conf'
.PHONY: install-settings
