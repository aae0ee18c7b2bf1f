#include "ledger/base64.hpp"
#include "ledger/key_name.hpp"
#include "ledger/note.hpp"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <optional>
#include <utility>

namespace ledger {

namespace {

constexpr std::string_view private_prefix = "PRIVATE+KEY+";

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using SignatureContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <class Bytes>
std::string_view view(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// name+hex key id+base64(type ‖ key bytes), the form of verifier keys and private keys.
struct KeyText {
    std::string name;
    std::string key_id;
    std::string type_and_bytes;
};

std::optional<KeyText> split_key_text(std::string_view text) {
    const std::size_t first = text.find('+');
    if (first == text.npos) return std::nullopt;
    const std::size_t second = text.find('+', first + 1);
    if (second == text.npos) return std::nullopt;
    std::optional<std::string> bytes = from_base64(text.substr(second + 1));
    if (!bytes || bytes->size() != 33) return std::nullopt;
    return KeyText{std::string{text.substr(0, first)},
                   std::string{text.substr(first + 1, second - first - 1)}, std::move(*bytes)};
}

tl::unexpected<Error> key_malformed(std::string detail) {
    return fail(Code::refused, "key-malformed", std::move(detail),
                "give the key as name+id+base64, as it was printed when it was made");
}

}  // namespace

std::array<std::uint8_t, 4> key_id(const Verifier& verifier, SignatureType type) {
    std::string bytes = verifier.name + '\n' + static_cast<char>(type);
    bytes += view(verifier.key.bytes);
    const Digest digest = sha256(bytes);
    std::array<std::uint8_t, 4> id{};
    std::copy_n(digest.bytes.begin(), id.size(), id.begin());
    return id;
}

std::string to_text(const Verifier& verifier, SignatureType type) {
    const std::string bytes =
        std::string{static_cast<char>(type)} + std::string{view(verifier.key.bytes)};
    return verifier.name + '+' + hex(view(key_id(verifier, type))) + '+' + base64(bytes);
}

Result<Verifier> verifier_from_text(std::string_view text, SignatureType type) {
    const std::optional<KeyText> parts = split_key_text(text);
    if (!parts || !is_key_name(parts->name))
        return key_malformed("this is no verifier key: " + std::string{text});
    if (parts->type_and_bytes[0] != static_cast<char>(type))
        return key_malformed("the key of \"" + parts->name + "\" is of another type");
    Verifier verifier{parts->name, {}};
    std::copy_n(octets(parts->type_and_bytes) + 1, 32, verifier.key.bytes.begin());
    if (hex(view(key_id(verifier, type))) != parts->key_id)
        return key_malformed("the key of \"" + parts->name + "\" does not have the id it says");
    return verifier;
}

Result<Signer> Signer::from_seed(std::string name, std::span<const std::uint8_t, 32> seed) {
    if (!is_key_name(name))
        return fail(Code::refused, "key-name-invalid",
                    "a key's name has no spaces and no '+': \"" + name + '"',
                    "name it like a host, \"example.com/ledger\"");
    const Key key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), 32)};
    Signer signer;
    signer.verifier_.name = std::move(name);
    std::copy(seed.begin(), seed.end(), signer.seed_.begin());
    std::size_t length = signer.verifier_.key.bytes.size();
    if (!key ||
        EVP_PKEY_get_raw_public_key(key.get(), signer.verifier_.key.bytes.data(), &length) != 1)
        return fail(Code::unavailable, "crypto-unavailable", "libcrypto makes no Ed25519 key");
    return signer;
}

Result<Signer> Signer::generate(std::string name) {
    std::array<std::uint8_t, 32> seed{};
    if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1)
        return fail(Code::unavailable, "crypto-unavailable", "libcrypto has no random bytes");
    Result<Signer> signer = from_seed(std::move(name), seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    return signer;
}

Result<Signer> Signer::from_text(std::string_view text) {
    if (!text.starts_with(private_prefix)) return key_malformed("this is no private key");
    std::optional<KeyText> parts = split_key_text(text.substr(private_prefix.size()));
    if (!parts) return key_malformed("the private key cannot be read");
    std::array<std::uint8_t, 32> seed{};
    std::copy_n(octets(parts->type_and_bytes) + 1, seed.size(), seed.begin());
    const bool is_ours = parts->type_and_bytes[0] == static_cast<char>(SignatureType::note);
    OPENSSL_cleanse(parts->type_and_bytes.data(), parts->type_and_bytes.size());
    Result<Signer> signer = from_seed(parts->name, seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    if (!signer) return signer;
    if (!is_ours || hex(view(key_id(signer->verifier_))) != parts->key_id)
        return key_malformed("the private key of \"" + parts->name +
                             "\" does not have the id it says");
    return signer;
}

Signer::Signer(Signer&& other) noexcept
    : verifier_{std::move(other.verifier_)}, seed_{other.seed_} {
    OPENSSL_cleanse(other.seed_.data(), other.seed_.size());
}

Signer& Signer::operator=(Signer&& other) noexcept {
    std::swap(verifier_, other.verifier_);
    std::swap(seed_, other.seed_);
    return *this;
}

Signer::~Signer() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

std::string Signer::private_text() const {
    std::string bytes{static_cast<char>(SignatureType::note)};
    bytes += view(seed_);
    std::string text = std::string{private_prefix} + verifier_.name + '+' +
                       hex(view(key_id(verifier_))) + '+' + base64(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return text;
}

Result<std::array<std::uint8_t, 64>> Signer::sign(std::string_view message) const {
    const Key key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size())};
    const SignatureContext context{EVP_MD_CTX_new()};
    std::array<std::uint8_t, 64> signature{};
    std::size_t length = signature.size();
    const bool made =
        key && context &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &length, octets(message), message.size()) ==
            1;
    if (!made) return fail(Code::unavailable, "crypto-unavailable", "libcrypto does not sign");
    return signature;
}

bool verify_signature(const PublicKey& key, std::string_view message,
                      std::span<const std::uint8_t, 64> signature) {
    const Key loaded{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size())};
    const SignatureContext context{EVP_MD_CTX_new()};
    return loaded && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, loaded.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets(message),
                            message.size()) == 1;
}

}  // namespace ledger
