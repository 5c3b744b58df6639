@trust
Feature: The trust runs nothing that the hub did not seal for it

  Task payloads hold queries over patients. What was altered, sealed with another key, sealed for
  something else or not sealed at all must not run, and the hub must hear that it did not.

  @TRUST-TASK-02
  Scenario Outline: A payload with <change> never runs
    Given the trust is running
    When a "update_user_profile" task is delivered with <change> as payload
    Then the task is refused
    And the trust polls again

    Examples:
      | change                         |
      | a flipped bit in the iv         |
      | a flipped bit in the ciphertext |
      | a flipped bit at the end        |

  @TRUST-TASK-02
  Scenario: A value altered through the iv of an unauthenticated format never runs
    Given the trust is running
    When a value in the payload of the task is altered through the iv
    Then the task is refused

  @TRUST-TASK-03
  Scenario Outline: A <type> payload sealed with another key never runs
    Given the trust is running
    When a "<type>" task is sealed with another key
    Then the task is refused
    And the trust polls again

    Examples:
      | type                |
      | cohort_query        |
      | create_imaging      |
      | update_user_profile |

  @TRUST-RESULT-04
  Scenario: A failed authentication is reported with a reason
    Given the trust is running
    When a "update_user_profile" task is sealed with another key
    Then the task is reported as failed with a reason

  @TRUST-TASK-04
  Scenario Outline: A payload sealed for <sealed> never runs as <type>
    Given the trust is running
    When a "<type>" task is sealed for the type "<sealed>"
    Then the task is refused with "failed authentication"
    And the log holds "failed authentication"

    Examples:
      | type               | sealed              |
      | get_imaging_status | reimport_studies    |
      | reimport_studies   | get_imaging_status  |
      | delete_imaging     | get_imaging_status  |
      | cohort_query       | persist_cohort      |
      | create_imaging     | update_user_profile |

  @TRUST-TASK-05
  Scenario Outline: A payload that is <payload> never runs
    Given the trust is running
    When a "update_user_profile" task is delivered with <payload> as payload
    Then the task is refused with "<error>"
    And the trust polls again

    Examples:
      | payload                | error                                     |
      | a kid nobody holds     | No key registered for kid 'trust-nobody'  |
      | a number as kid        | Payload is not a FLIP encryption envelope |
      | version 0              | Unsupported payload version: 0            |
      | version 2              | Unsupported payload version: 2            |
      | version 1.0            | Payload is not a FLIP encryption envelope |
      | version true           | Payload is not a FLIP encryption envelope |
      | version 1 as text      | Payload is not a FLIP encryption envelope |
      | no version             | Payload is not a FLIP encryption envelope |
      | no kid                 | Payload is not a FLIP encryption envelope |
      | no iv                  | Payload is not a FLIP encryption envelope |
      | no ciphertext          | Payload is not a FLIP encryption envelope |
      | a list as ciphertext   | Payload is not a FLIP encryption envelope |
      | url-safe base64 inside | Payload is not a FLIP encryption envelope |
      | a line break inside    | Payload is not a FLIP encryption envelope |
      | a pad too many         | Payload is not a FLIP encryption envelope |
      | a JSON list in base64  | Payload is not a FLIP encryption envelope |
      | the cipher cbc         | Payload is not a FLIP encryption envelope |
      | the cipher gcm-kid     | failed authentication                     |
      | an empty context       | failed authentication                     |
      | plain JSON             | Payload is not a FLIP encryption envelope |
      | plain JSON in base64   | Payload is not a FLIP encryption envelope |
      | no text at all         | Payload is not a FLIP encryption envelope |
      | words                  | Payload is not a FLIP encryption envelope |

  @TRUST-TASK-05
  Scenario: A payload with an iv of the wrong length never runs
    Given the trust is running
    When a "update_user_profile" task is delivered with an iv of 16 bytes as payload
    Then the task is refused

  @TRUST-TASK-05 @needs:restart
  Scenario Outline: A task with <payload> in place of its payload never runs
    Given a registered trust
    And a "update_user_profile" task is queued
    And the next batch delivers the task with <payload> in place of its payload
    When the trust is running
    Then the task is refused with "Payload is not a FLIP encryption envelope"
    And the trust polls again

    Examples:
      | payload                    |
      | nothing                    |
      | null                       |
      | a number                   |
      | a list                     |
      | its plaintext as an object |

  @TRUST-TASK-06
  Scenario: A payload captured earlier is refused under a new task id
    Given the trust is running
    When the same payload is delivered as the tasks "first" and "again"
    Then the task "first" is reported as a success
    And the task "again" is reported as failed
    And exactly 1 call to "img.users" was made
