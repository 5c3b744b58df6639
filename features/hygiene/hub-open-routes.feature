@hub
Feature: What a hub says to a caller who holds nothing

  These calls need no key, no kit and no permission, so they can be made of every hub there is.

  Background:
    Given the hub's health is asked for
    And the reply is 200

  @HUB-DEPLOY-01
  Scenario Outline: Below /api <path> is answered by the API, not by the pages
    When the public host is asked for "<path>"
    Then the reply is <status>
    And the reply is JSON, not a page

    Examples:
      | path              | status |
      | /api              | 200    |
      | /api/health       | 200    |
      | /api/no/such/path | 404    |

  @HUB-ERR-01
  Scenario Outline: Without any key the refusal of <call> is JSON with a detail
    When somebody makes <call> of the hub
    Then the reply is <status>
    And the reply is JSON with a detail

    Examples:
      | call                          | status |
      | a call to an unknown path     | 404    |
      | a call with a wrong method    | 405    |
      | a call without a key          | 401    |
      | an ingest call without a key  | 401    |

  @HUB-AUTH-01
  Scenario Outline: Without any key a <call> is refused as keyless
    When a <call> is sent with no key
    Then the reply is 401 with the detail "Not authenticated: API key is missing."
    And the reply names the scheme "ApiKey"

    Examples:
      | call          |
      | heartbeat     |
      | poll          |
      | report        |
      | cohort result |

  @HUB-AUTH-02
  Scenario Outline: An invented key opens no <call>
    When a <call> is sent with a key never issued
    Then the reply is 401 with the detail "Invalid API Key."
    And the reply names the scheme "ApiKey"

    Examples:
      | call          |
      | heartbeat     |
      | poll          |
      | report        |
      | cohort result |

  @HUB-AUTH-06
  Scenario Outline: Without its own proof a <call> is refused
    When a <call> is sent with <proof>
    Then the reply is 401 with the detail "<detail>"

    Examples:
      | call        | proof           | detail                                              |
      | metric      | no key          | Not authenticated: internal service key is missing. |
      | log         | no key          | Not authenticated: internal service key is missing. |
      | status word | no key          | Not authenticated: internal service key is missing. |
      | trust list  | no token        | Not authenticated                                   |
      | trust list  | a garbled token | Could not validate credentials                      |

  @HUB-AUTH-05
  Scenario Outline: A <call> without a key is refused for that, whatever it holds
    When a <call> is sent with no key and wrong members
    Then the reply is 401

    Examples:
      | call          |
      | cohort result |
      | metric        |
