#include "migrations/secret_marks.hpp"

#include <array>

namespace migrations {

namespace {

constexpr std::array known_marks = {
    SecretMark{"AKIA", 16, "an AWS access key"},
    SecretMark{"ASIA", 16, "an AWS access key"},
    SecretMark{"ghp_", 30, "a GitHub token", Alphabet::letters},
    SecretMark{"gho_", 30, "a GitHub token", Alphabet::letters},
    SecretMark{"ghs_", 30, "a GitHub token", Alphabet::letters},
    SecretMark{"ghu_", 30, "a GitHub token", Alphabet::letters},
    SecretMark{"ghr_", 30, "a GitHub token", Alphabet::letters},
    SecretMark{"github_pat_", 30, "a GitHub token"},
    SecretMark{"glpat-", 20, "a GitLab token"},
    SecretMark{"glptt-", 40, "a GitLab token", Alphabet::hexadecimal},
    SecretMark{"gldt-", 20, "a GitLab token"},
    SecretMark{"glrt-", 20, "a GitLab token"},
    SecretMark{"xoxb-", 20, "a Slack token"},
    SecretMark{"xoxp-", 20, "a Slack token"},
    SecretMark{"xoxa-", 20, "a Slack token"},
    SecretMark{"xoxs-", 20, "a Slack token"},
    SecretMark{"xoxe-", 20, "a Slack token"},
    SecretMark{"xoxe.xoxp-", 20, "a Slack token"},
    SecretMark{"xoxe.xoxb-", 20, "a Slack token"},
    SecretMark{"xapp-", 20, "a Slack token"},
    SecretMark{"hooks.slack.com/services/", 40, "a Slack webhook", Alphabet::path},
    SecretMark{"hooks.slack.com/workflows/", 40, "a Slack webhook", Alphabet::path},
    SecretMark{"discord.com/api/webhooks/", 78, "a Discord webhook", Alphabet::path},
    SecretMark{"discordapp.com/api/webhooks/", 78, "a Discord webhook", Alphabet::path},
    SecretMark{"sk_live_", 16, "a Stripe key"},
    SecretMark{"rk_live_", 16, "a Stripe key"},
    SecretMark{"sk_test_", 16, "a Stripe key", Alphabet::letters},
    SecretMark{"rk_test_", 16, "a Stripe key", Alphabet::letters},
    SecretMark{"whsec_", 24, "a Stripe key"},
    SecretMark{"AIza", 35, "a Google API key"},
    SecretMark{"GOCSPX-", 28, "a Google client's secret"},
    SecretMark{"ya29.", 30, "a Google token"},
    SecretMark{"npm_", 36, "an npm token", Alphabet::letters},
    SecretMark{"_authToken=", 20, "an npm token", Alphabet::base64},
    SecretMark{"pypi-AgEI", 50, "a PyPI token"},
    SecretMark{"dckr_pat_", 27, "a Docker token"},
    SecretMark{"SG.", 22, "a SendGrid key", Alphabet::token, 22, "", "", '.'},
    SecretMark{"key-", 32, "a Mailgun key", Alphabet::hexadecimal, 32, "", "mailgun"},
    SecretMark{"SK", 32, "a Twilio key", Alphabet::hexadecimal, 32},
    SecretMark{"sk-ant-", 24, "an API key"},
    SecretMark{"sk-proj-", 24, "an API key"},
    SecretMark{"sk-svcacct-", 24, "an API key"},
    SecretMark{"sk-admin-", 24, "an API key"},
    SecretMark{"sk-", 40, "an API key", Alphabet::token, 0, "T3BlbkFJ"},
    SecretMark{"hf_", 34, "a Hugging Face token", Alphabet::letters, 34},
    SecretMark{"dapi", 32, "a Databricks token", Alphabet::hexadecimal, 32},
    SecretMark{"dop_v1_", 40, "an API key"},
    SecretMark{"NRAK-", 27, "a New Relic key", Alphabet::capitals, 27},
    SecretMark{"sq0atp-", 22, "a Square token"},
    SecretMark{"sq0csp-", 43, "a Square token"},
    SecretMark{"lin_api_", 40, "a Linear key", Alphabet::letters},
    SecretMark{"glsa_", 41, "a Grafana token"},
    SecretMark{"ATATT3x", 60, "an Atlassian token", Alphabet::base64},
    SecretMark{"shpat_", 24, "a Shopify token"},
    SecretMark{"shpss_", 24, "a Shopify token"},
    SecretMark{"shpca_", 24, "a Shopify token"},
    SecretMark{"shppa_", 24, "a Shopify token"},
    SecretMark{"AGE-SECRET-KEY-1", 58, "a private key", Alphabet::capitals, 58},
    SecretMark{"AccountKey=", 80, "an Azure key", Alphabet::base64},
    SecretMark{"SharedAccessKey=", 40, "an Azure key", Alphabet::base64},
    SecretMark{"sig=", 40, "an Azure signature", Alphabet::in_query, 0, "%3D", "se="},
};

bool is_of(Alphabet alphabet, char each) {
    const bool is_figure = each >= '0' && each <= '9';
    const bool is_capital = each >= 'A' && each <= 'Z';
    const bool is_plain = is_figure || is_capital || (each >= 'a' && each <= 'z');
    switch (alphabet) {
        case Alphabet::token:
            return is_plain || each == '_' || each == '-';
        case Alphabet::letters:
            return is_plain;
        case Alphabet::capitals:
            return is_capital || is_figure;
        case Alphabet::hexadecimal:
            return is_figure || (each >= 'a' && each <= 'f');
        case Alphabet::base64:
            return is_of(Alphabet::token, each) || each == '+' || each == '/' || each == '=';
        case Alphabet::in_query:
            return is_of(Alphabet::base64, each) || each == '%';
        case Alphabet::path:
            return is_of(Alphabet::token, each) || each == '/';
    }
    return false;
}

}  // namespace

std::span<const SecretMark> secret_marks() { return known_marks; }

std::size_t count_of(Alphabet alphabet, std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && is_of(alphabet, text[count])) ++count;
    return count;
}

}  // namespace migrations
