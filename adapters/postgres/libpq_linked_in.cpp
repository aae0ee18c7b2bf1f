// adapters/postgres/libpq_linked_in.cpp: what libpq asks of Kerberos and LDAP where it is linked
// in.
//
// Why      Debian has no archive of either, and they are a dozen libraries. Few connections ask for
//          Kerberos, and for LDAP only what a service file sends there: they are loaded with the
//          first call.
// Shape    the functions that libpq calls, each of which calls the library's own. Their types are
//          passed on without a look: pointers, and numbers of 32 bits.
// Errors   where a library is missing, its functions fail as where nobody has a ticket, or no
//          server is there; libpq says so, or goes on without.
// Source   RFC 2744 (GSS-API, C bindings); ldap.h of OpenLDAP 2.5
#include "adapters/postgres/libpq_on_demand.hpp"

#include <cstdint>
#include <dlfcn.h>

ledger::Result<void> adapters::postgres::load_libpq() { return {}; }

namespace {

class Companion {
public:
    explicit Companion(const char* name) : library_{dlopen(name, RTLD_LAZY | RTLD_LOCAL)} {}

    template <class Function>
    Function* find(const char* name) const {
        return library_ == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(library_, name));
    }

private:
    void* library_;
};

const Companion& kerberos() {
    static const Companion loaded{"libgssapi_krb5.so.2"};
    return loaded;
}

const Companion& ldap() {
    static const Companion loaded{"libldap-2.5.so.0"};
    return loaded;
}

constexpr std::uint32_t GSS_FAILURE = 13U << 16U;
constexpr int LDAP_FAILURE = -1;

}  // namespace

// A lookup each, once.
#define ON_DEMAND(result, name, parameters, arguments, library, failure) \
    result name parameters {                                             \
        static auto* const real = library().find<decltype(name)>(#name); \
        return real == nullptr ? failure : real arguments;               \
    }

extern "C" {

// The type of a name such as postgres@host (RFC 2744, section 3.10): read, and never written.
struct ObjectIdentifier {
    std::uint32_t length;
    const void* elements;
};
static const ObjectIdentifier hostbased_service{10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04"};
extern const void* const GSS_C_NT_HOSTBASED_SERVICE;
const void* const GSS_C_NT_HOSTBASED_SERVICE = &hostbased_service;

ON_DEMAND(std::uint32_t, gss_acquire_cred,
          (std::uint32_t * minor, void* name, std::uint32_t seconds, void* mechanisms, int usage,
           void** credential, void** actual, std::uint32_t* actual_seconds),
          (minor, name, seconds, mechanisms, usage, credential, actual, actual_seconds), kerberos,
          GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_delete_sec_context,
          (std::uint32_t * minor, void** context, void* token), (minor, context, token), kerberos,
          GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_display_status,
          (std::uint32_t * minor, std::uint32_t status, int kind, void* mechanism,
           std::uint32_t* more, void* text),
          (minor, status, kind, mechanism, more, text), kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_import_name,
          (std::uint32_t * minor, void* text, void* kind, void** name), (minor, text, kind, name),
          kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_init_sec_context,
          (std::uint32_t * minor, void* credential, void** context, void* target, void* mechanism,
           std::uint32_t flags, std::uint32_t seconds, void* bindings, void* token, void** actual,
           void* answer, std::uint32_t* actual_flags, std::uint32_t* actual_seconds),
          (minor, credential, context, target, mechanism, flags, seconds, bindings, token, actual,
           answer, actual_flags, actual_seconds),
          kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_release_buffer, (std::uint32_t * minor, void* buffer), (minor, buffer),
          kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_release_cred, (std::uint32_t * minor, void** credential),
          (minor, credential), kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_release_name, (std::uint32_t * minor, void** name), (minor, name),
          kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_unwrap,
          (std::uint32_t * minor, void* context, void* wrapped, void* text, int* sealed,
           std::uint32_t* quality),
          (minor, context, wrapped, text, sealed, quality), kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_wrap,
          (std::uint32_t * minor, void* context, int seal, std::uint32_t quality, void* text,
           int* sealed, void* wrapped),
          (minor, context, seal, quality, text, sealed, wrapped), kerberos, GSS_FAILURE)
ON_DEMAND(std::uint32_t, gss_wrap_size_limit,
          (std::uint32_t * minor, void* context, int seal, std::uint32_t quality,
           std::uint32_t size, std::uint32_t* limit),
          (minor, context, seal, quality, size, limit), kerberos, GSS_FAILURE)

ON_DEMAND(int, ldap_count_entries, (void* session, void* message), (session, message), ldap,
          LDAP_FAILURE)
ON_DEMAND(const char*, ldap_err2string, (int error), (error), ldap,
          "OpenLDAP's library (libldap-2.5.so.0) is not there")
ON_DEMAND(void*, ldap_first_entry, (void* session, void* message), (session, message), ldap,
          nullptr)
ON_DEMAND(void**, ldap_get_values_len, (void* session, void* entry, const char* attribute),
          (session, entry, attribute), ldap, nullptr)
ON_DEMAND(void*, ldap_init, (const char* host, int port), (host, port), ldap, nullptr)
ON_DEMAND(int, ldap_msgfree, (void* message), (message), ldap, LDAP_FAILURE)
ON_DEMAND(int, ldap_result, (void* session, int id, int all, void* timeout, void** message),
          (session, id, all, timeout, message), ldap, LDAP_FAILURE)
ON_DEMAND(int, ldap_search_st,
          (void* session, const char* base, int scope, const char* filter, char** attributes,
           int only_names, void* timeout, void** message),
          (session, base, scope, filter, attributes, only_names, timeout, message), ldap,
          LDAP_FAILURE)
ON_DEMAND(int, ldap_set_option, (void* session, int option, const void* value),
          (session, option, value), ldap, LDAP_FAILURE)
ON_DEMAND(int, ldap_simple_bind, (void* session, const char* name, const char* password),
          (session, name, password), ldap, LDAP_FAILURE)
ON_DEMAND(int, ldap_unbind, (void* session), (session), ldap, LDAP_FAILURE)
ON_DEMAND(void, ldap_value_free_len, (void** values), (values), ldap, void())

}  // extern "C"
