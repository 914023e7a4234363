#!/bin/sh
# Holds every #include under src/ and plugins/ against tests/layers.
set -eu
cd "${YL_SRCDIR:-$(dirname "$0")/..}"
exec perl - <<'PERL'
use strict;
use warnings;

my %outside = (
  '+glib'    => qr{^(glib|gio/|glib/)},
  '+gst'     => qr{^gst/},
  '+gst-sdp' => qr{^gst/(sdp/|gst\.h)},
  '+openssl' => qr{^openssl/},
  '+ipsec'   => qr{^intel-ipsec-mb\.h},
  '+stun'    => qr{^stun/},
  '+json'    => qr{^json-glib/},
  '+sqlite'  => qr{^sqlite3\.h},
  '+sodium'  => qr{^sodium\.h},
  '+lws'     => qr{^libwebsockets\.h},
  '+systemd' => qr{^systemd/},
);
my $any_outside = join '|', map { $outside{$_} } sort keys %outside;

my %allowed;
open my $table, '<', 'tests/layers' or die "tests/layers: $!";
while (<$table>) {
  s/#.*//;
  my ($folder, $list) = /^\s*(\w+):\s*(.*?)\s*$/ or next;
  $allowed{$folder} = { map { $_ => 1 } split ' ', $list };
}

my %bad;
my @files = split /\n/, `find src plugins -name '*.[ch]'`;
for my $file (sort @files) {
  my ($folder) = $file =~ m{^(?:src/)?(\w+)/};
  my $may = $allowed{$folder};
  $bad{$folder} //= [];
  if (!$may) { push @{$bad{$folder}}, "$file: folder is not in the table"; next }
  next if $may->{'*'};
  open my $in, '<', $file or die "$file: $!";
  while (<$in>) {
    my ($path) = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/ or next;
    my ($top) = $path =~ m{^([\w-]+)/};
    if (defined $top && -e "src/$path") {
      next if $top eq $folder || $may->{$top};
    } elsif (-e "plugins/$path") {
      next if $folder eq 'plugins' || $may->{plugins};
    } else {
      next if $path =~ $outside{'+glib'};
      next if $path !~ /$any_outside/;
      next if grep { $may->{$_} && $path =~ $outside{$_} } keys %outside;
    }
    push @{$bad{$folder}}, "$file:$.: $path";
  }
}
my $n = 0;
print '1..', scalar(keys %bad), "\n";
for my $folder (sort keys %bad) {
  my @lines = @{$bad{$folder}};
  print @lines ? 'not ok ' : 'ok ', ++$n, " - includes of $folder\n";
  print "# not allowed: $_\n" for @lines;
}
PERL
