#include "recordings.h"
