# /etc/varnish/masthead.vcl: a shared cache that can be purged by surrogate key. Needs the module xkey (Debian: varnish-modules).
# Start Varnish with `-p http_gzip_support=off`: Masthead compresses by itself, with an entity tag for each coding.
# Masthead: MASTHEAD_TRUSTED_PROXIES=127.0.0.1
vcl 4.1;

import xkey;

backend masthead {
    .host = "127.0.0.1";
    .port = "8080";
    .first_byte_timeout = 40s;
    .between_bytes_timeout = 40s;
    .probe = {
        .url = "/health/ready";
        .interval = 2s;
        .timeout = 2s;
        .window = 4;
        .threshold = 2;
        .initial = 2;
    }
}

# Addresses that may purge.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    unset req.http.X-Purged;

    # `PURGE /` with `Surrogate-Key: article:… articles` drops every answer that shows one of them.
    if (req.method == "PURGE") {
        # Varnish adds the client to X-Forwarded-For: a comma means that another proxy passed the request on.
        if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
            return (synth(403, "Purging is not allowed from here"));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400, "Surrogate-Key is missing"));
        }
        set req.http.X-Purged = xkey.purge(req.http.Surrogate-Key);
        return (synth(200, "Purged"));
    }

    # Masthead believes this header: a client must not send it through.
    unset req.http.X-Forwarded-Prefix;
    # It reads no cookies, and varies by none.
    unset req.http.Cookie;

    # One spelling for each coding keeps the variants of an answer few. Weights are left to Masthead.
    if (req.http.Accept-Encoding !~ "q=") {
        if (req.http.Accept-Encoding ~ "\bbr\b") {
            set req.http.Accept-Encoding = "br";
        } elsif (req.http.Accept-Encoding ~ "\bzstd\b") {
            set req.http.Accept-Encoding = "zstd";
        } elsif (req.http.Accept-Encoding ~ "\bgzip\b") {
            set req.http.Accept-Encoding = "gzip";
        }
    }
}

sub vcl_backend_response {
    set beresp.http.xkey = beresp.http.Surrogate-Key;
    # What says nothing of caches is not kept, where Varnish would keep it for two minutes.
    if (!beresp.http.Cache-Control) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
    # A failure while an answer is made anew must not take the place of the old one.
    if (beresp.status >= 500 && bereq.is_bgfetch) {
        return (abandon);
    }
}

sub vcl_deliver {
    unset resp.http.xkey;
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}

sub vcl_synth {
    if (req.http.X-Purged) {
        set resp.http.X-Purged = req.http.X-Purged;
    }
}
