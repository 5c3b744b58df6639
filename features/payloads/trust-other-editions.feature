@trust
Feature: Hub and trust of different editions fail aloud

  Nobody upgrades two sides at one moment. While they differ, work may fail; it must say so, and
  nothing may run on a payload that was read the wrong way.

  @UPG-CIPHER-01 @needs:restart
  Scenario Outline: Opposite a hub of edition <hub> every task is done or refused
    Given a registered trust opposite a hub of edition "<hub>"
    And the two editions speak to each other
    When the trust is running
    Then every task is done or, across a cipher change, refused with a reason
    And the trust is still running

    Examples:
      | hub        |
      | 2026.03    |
      | 2026.06    |
      | 2026.07    |
      | trust-keys |
      | 2026.09    |

  @UPG-PATH-01 @needs:restart
  Scenario Outline: Opposite a hub of edition <hub> without its paths the trust lives on
    Given a registered trust opposite a hub of edition "<hub>"
    And the two editions do not speak to each other
    When the trust starts
    Then the log holds "Unexpected status 404 polling for tasks"
    And 3 calls reach the hub in vain
    And the trust is still running

    Examples:
      | hub        |
      | 2026.03    |
      | 2026.06    |
      | 2026.09    |

  @UPG-PATH-01
  Scenario: A trust whose paths return works again
    Given the trust is running
    When the hub meets every call with status 404 for three cycles
    Then the log holds "Unexpected status 404 polling for tasks"
    And the trust is still running
    And a normal cycle follows within one interval
    And a "update_user_profile" task is queued
    And the task is reported as a success
