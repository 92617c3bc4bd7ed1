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
static const unsigned char house_en_one_moment[] = {
#embed "voices/house-en-one-moment.wav"
};
static const unsigned char house_en_apology[] = {
#embed "voices/house-en-apology.wav"
};
static const unsigned char house_en_still_there[] = {
#embed "voices/house-en-still-there.wav"
};
static const unsigned char house_en_time_is_up[] = {
#embed "voices/house-en-time-is-up.wav"
};
static const unsigned char house_en_queue[] = {
#embed "voices/house-en-queue.wav"
};
static const unsigned char house_en_busy[] = {
#embed "voices/house-en-busy.wav"
};
static const unsigned char house_de_one_moment[] = {
#embed "voices/house-de-one-moment.wav"
};
static const unsigned char house_de_apology[] = {
#embed "voices/house-de-apology.wav"
};
static const unsigned char house_de_still_there[] = {
#embed "voices/house-de-still-there.wav"
};
static const unsigned char house_de_time_is_up[] = {
#embed "voices/house-de-time-is-up.wav"
};
static const unsigned char house_de_queue[] = {
#embed "voices/house-de-queue.wav"
};
static const unsigned char house_de_busy[] = {
#embed "voices/house-de-busy.wav"
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
    {"house-en-one-moment", "en",
     "One moment, please.",
     house_en_one_moment, sizeof house_en_one_moment},
    {"house-en-apology", "en",
     "We are sorry, a technical error has occurred. Please call again.",
     house_en_apology, sizeof house_en_apology},
    {"house-en-still-there", "en",
     "Are you still there?",
     house_en_still_there, sizeof house_en_still_there},
    {"house-en-time-is-up", "en",
     "This call has reached its longest duration. Goodbye.",
     house_en_time_is_up, sizeof house_en_time_is_up},
    {"house-en-queue", "en",
     "All lines are busy at the moment. Please hold the line.",
     house_en_queue, sizeof house_en_queue},
    {"house-en-busy", "en",
     "All lines are busy at the moment. Please call again later.",
     house_en_busy, sizeof house_en_busy},
    {"house-de-one-moment", "de",
     "Einen Moment bitte.",
     house_de_one_moment, sizeof house_de_one_moment},
    {"house-de-apology", "de",
     "Es tut uns leid, es gab einen Fehler. Bitte rufen Sie noch einmal an.",
     house_de_apology, sizeof house_de_apology},
    {"house-de-still-there", "de",
     "Sind Sie noch da?",
     house_de_still_there, sizeof house_de_still_there},
    {"house-de-time-is-up", "de",
     "Die längste Gesprächsdauer ist erreicht. Auf Wiederhören.",
     house_de_time_is_up, sizeof house_de_time_is_up},
    {"house-de-queue", "de",
     "Alle Leitungen sind belegt. Bitte bleiben Sie am Apparat.",
     house_de_queue, sizeof house_de_queue},
    {"house-de-busy", "de",
     "Alle Leitungen sind belegt. Bitte rufen Sie später noch einmal an.",
     house_de_busy, sizeof house_de_busy},
};

const struct recording *recordings(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}
