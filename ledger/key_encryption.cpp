#include "ledger/key_encryption.hpp"

#include "ledger/base64.hpp"

#include <array>
#include <memory>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <optional>
#include <utility>

namespace ledger {

namespace {

constexpr std::string_view title = "Varve signing key ";
constexpr std::string_view pem_begin = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
constexpr std::size_t seed_bytes = 32;
constexpr std::uint64_t scrypt_n = 16'384;
constexpr std::uint64_t scrypt_r = 8;
constexpr std::uint64_t scrypt_p = 5;

template <auto Free>
struct FreeBy {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using OpenKey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using PlainKey = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeBy<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, FreeBy<X509_SIG_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, FreeBy<X509_ALGOR_free>>;

tl::unexpected<Error> unavailable(std::string detail) {
    ERR_clear_error();
    return fail(Code::unavailable, "crypto-unavailable", std::move(detail));
}

tl::unexpected<Error> key_malformed(std::string detail) {
    ERR_clear_error();
    return fail(Code::refused, "key-malformed", std::move(detail),
                "put the key file back as varve keys passphrase wrote it, from a copy");
}

const unsigned char* bytes_in(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// The private text ends in base64 of the type's byte and the seed, after the name and the key id.
OpenKey private_key(const Signer& signer) {
    std::string text = signer.private_text();
    const std::size_t name_end =
        std::string_view{"PRIVATE+KEY+"}.size() + signer.verifier().name.size();
    const std::size_t seed_begin = text.find('+', name_end + 1) + 1;
    std::optional<std::string> bytes = from_base64(std::string_view{text}.substr(seed_begin));
    OpenKey key;
    if (bytes && bytes->size() == seed_bytes + 1)
        key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_in(*bytes) + 1,
                                               seed_bytes));
    if (bytes) wipe(*bytes);
    wipe(text);
    return key;
}

EncryptedKey encrypted(const PlainKey& plain, const Secret& passphrase) {
    std::array<unsigned char, 16> salt{};
    std::array<unsigned char, 16> vector{};
    if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1 ||
        RAND_bytes(vector.data(), static_cast<int>(vector.size())) != 1)
        return nullptr;
    Algorithm algorithm{PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt.data(),
                                              static_cast<int>(salt.size()), vector.data(),
                                              scrypt_n, scrypt_r, scrypt_p)};
    if (!algorithm) return nullptr;
    EncryptedKey key{PKCS8_set0_pbe(passphrase.view().data(),
                                    static_cast<int>(passphrase.view().size()), plain.get(),
                                    algorithm.get())};
    if (key) static_cast<void>(algorithm.release());  // its owner now
    return key;
}

Result<Signer> signer_of(const std::string& name, const OpenKey& key) {
    std::string bytes(1 + seed_bytes, static_cast<char>(SignatureType::note));
    std::size_t length = seed_bytes;
    PublicKey public_key;
    std::size_t public_length = public_key.bytes.size();
    const bool read =
        EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()) + 1,
                                     &length) == 1 &&
        EVP_PKEY_get_raw_public_key(key.get(), public_key.bytes.data(), &public_length) == 1 &&
        length == seed_bytes;
    if (!read) {
        wipe(bytes);
        return key_malformed("the encrypted key is no Ed25519 key");
    }
    const auto id = key_id({name, public_key});
    std::string text = "PRIVATE+KEY+" + name + '+' +
                       hex(std::string_view{reinterpret_cast<const char*>(id.data()), id.size()}) +
                       '+' + base64(bytes);
    auto signer = Signer::from_text(text);
    wipe(bytes);
    wipe(text);
    return signer;
}

}  // namespace

void wipe(std::string& text) noexcept {
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

Result<std::string> encrypt_key(const Signer& signer, const Secret& passphrase) {
    if (passphrase.empty())
        return fail(Code::refused, "passphrase-missing", "an empty passphrase protects nothing",
                    "give one of a few words");
    const OpenKey key = private_key(signer);
    if (!key) return unavailable("libcrypto makes no Ed25519 key");
    const PlainKey plain{EVP_PKEY2PKCS8(key.get())};
    if (!plain) return unavailable("libcrypto gives no PKCS#8");
    const EncryptedKey sealed = encrypted(plain, passphrase);
    const Bio out{BIO_new(BIO_s_mem())};
    if (!sealed || !out || PEM_write_bio_PKCS8(out.get(), sealed.get()) != 1)
        return unavailable("libcrypto does not encrypt the key");
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string{title} + to_text(signer.verifier()) + "\n" +
           std::string{data, static_cast<std::size_t>(size)};
}

bool is_encrypted_key(std::string_view text) { return text.find(pem_begin) != text.npos; }

Result<Verifier> verifier_of_encrypted_key(std::string_view text) {
    if (!text.starts_with(title) || !is_encrypted_key(text))
        return key_malformed("the first line does not say whose key it is");
    const std::string_view line = text.substr(0, text.find('\n'));
    return verifier_from_text(line.substr(title.size()));
}

Result<Signer> decrypt_key(std::string_view text, const Secret& passphrase) {
    const auto verifier = verifier_of_encrypted_key(text);
    if (!verifier) return fail(verifier.error());
    const std::string_view pem = text.substr(text.find(pem_begin));
    const Bio in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const EncryptedKey sealed{in ? PEM_read_bio_PKCS8(in.get(), nullptr, nullptr, nullptr)
                                 : nullptr};
    if (!sealed) return key_malformed("what follows the first line is no encrypted key");
    const PlainKey plain{PKCS8_decrypt(sealed.get(), passphrase.view().data(),
                                       static_cast<int>(passphrase.view().size()))};
    if (!plain) {
        ERR_clear_error();
        return fail(Code::refused, "passphrase-wrong",
                    "the passphrase does not open the key of " + verifier->name,
                    "give the right one: ledger.key_passphrase in varve.toml, "
                    "VARVE_KEY_PASSPHRASE, or at the terminal");
    }
    const OpenKey key{EVP_PKCS82PKEY(plain.get())};
    if (!key) return key_malformed("what was encrypted is no private key");
    auto signer = signer_of(verifier->name, key);
    if (signer && signer->verifier() != *verifier)
        return key_malformed("the encrypted key is not the one that the first line names");
    return signer;
}

}  // namespace ledger
