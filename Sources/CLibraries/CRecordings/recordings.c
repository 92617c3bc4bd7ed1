// Written by make-recordings.sh from spoken.txt; change those.
#include "recordings.h"

// #embed is C23; clang has it in every mode and says so, which is no fault here.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char caller_en_request[] = {
#embed "voices/caller-en-request.wav"
};
static const unsigned char caller_en_answer[] = {
#embed "voices/caller-en-answer.wav"
};
static const unsigned char caller_en_goodbye[] = {
#embed "voices/caller-en-goodbye.wav"
};
static const unsigned char caller_de_request[] = {
#embed "voices/caller-de-request.wav"
};
static const unsigned char caller_de_answer[] = {
#embed "voices/caller-de-answer.wav"
};
static const unsigned char caller_de_goodbye[] = {
#embed "voices/caller-de-goodbye.wav"
};
static const unsigned char agent_en_greeting[] = {
#embed "voices/agent-en-greeting.wav"
};
static const unsigned char agent_en_offer[] = {
#embed "voices/agent-en-offer.wav"
};
static const unsigned char agent_en_confirmation[] = {
#embed "voices/agent-en-confirmation.wav"
};
static const unsigned char agent_en_goodbye[] = {
#embed "voices/agent-en-goodbye.wav"
};
static const unsigned char agent_de_greeting[] = {
#embed "voices/agent-de-greeting.wav"
};
static const unsigned char agent_de_offer[] = {
#embed "voices/agent-de-offer.wav"
};
static const unsigned char agent_de_confirmation[] = {
#embed "voices/agent-de-confirmation.wav"
};
static const unsigned char agent_de_goodbye[] = {
#embed "voices/agent-de-goodbye.wav"
};

static const struct recording all[] = {
    {"caller-en-request", "en",
     "Hello, this is Anna Miller. I would like an appointment with the doctor.",
     caller_en_request, sizeof caller_en_request},
    {"caller-en-answer", "en",
     "Tuesday at nine, please.",
     caller_en_answer, sizeof caller_en_answer},
    {"caller-en-goodbye", "en",
     "Thank you very much. Goodbye.",
     caller_en_goodbye, sizeof caller_en_goodbye},
    {"caller-de-request", "de",
     "Guten Tag, hier ist Anna Müller. Ich hätte gern einen Termin.",
     caller_de_request, sizeof caller_de_request},
    {"caller-de-answer", "de",
     "Am Dienstag um neun, bitte.",
     caller_de_answer, sizeof caller_de_answer},
    {"caller-de-goodbye", "de",
     "Vielen Dank. Auf Wiederhören.",
     caller_de_goodbye, sizeof caller_de_goodbye},
    {"agent-en-greeting", "en",
     "Good morning, this is the practice. How may I help you?",
     agent_en_greeting, sizeof agent_en_greeting},
    {"agent-en-offer", "en",
     "I can offer you Tuesday at nine or Thursday at half past two.",
     agent_en_offer, sizeof agent_en_offer},
    {"agent-en-confirmation", "en",
     "You are booked for Tuesday at nine. Is there anything else?",
     agent_en_confirmation, sizeof agent_en_confirmation},
    {"agent-en-goodbye", "en",
     "Thank you for calling. Goodbye.",
     agent_en_goodbye, sizeof agent_en_goodbye},
    {"agent-de-greeting", "de",
     "Guten Morgen, hier ist die Praxis. Wie kann ich Ihnen helfen?",
     agent_de_greeting, sizeof agent_de_greeting},
    {"agent-de-offer", "de",
     "Ich kann Ihnen Dienstag um neun oder Donnerstag um halb drei anbieten.",
     agent_de_offer, sizeof agent_de_offer},
    {"agent-de-confirmation", "de",
     "Sie sind für Dienstag um neun eingetragen. Noch etwas?",
     agent_de_confirmation, sizeof agent_de_confirmation},
    {"agent-de-goodbye", "de",
     "Danke für Ihren Anruf. Auf Wiederhören.",
     agent_de_goodbye, sizeof agent_de_goodbye},
};

const struct recording *recordings(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}
