@trust
Feature: The trust goes where its kit says and nowhere else

  A redirect is an order from whoever answers on the line. A trust that obeys it hands its key, or its
  counts, to somebody its operator never heard of.

  @TRUST-ROBUST-07
  Scenario Outline: A <code> on <route> is not followed
    Given the trust is running
    When the hub redirects "<route>" to another origin with <code>
    And a "update_user_profile" task is queued
    And the hub has redirected "<route>"
    And 3 cycles pass
    Then the other origin was not called
    And the trust is still running

    Examples:
      | route     | code |
      | heartbeat | 301  |
      | heartbeat | 307  |
      | pending   | 301  |
      | pending   | 307  |
      | pending   | 308  |

  @TRUST-ROBUST-07
  Scenario Outline: A <code> on a report is not followed
    Given the trust is running
    When the hub redirects "result" to another origin with <code>
    And a "update_user_profile" task is queued
    And the hub has redirected "result"
    And the trust polls again
    Then the other origin was not called

    Examples:
      | code |
      | 302  |
      | 307  |

  @TRUST-ROBUST-08 @needs:restart
  Scenario Outline: The trust key in the header <header> stays away from where counts are sent on
    Given a registered trust
    And the trust key travels in the header "<header>"
    And the trust is running
    When the hub redirects "cohort_results" to another origin with 307
    And a "cohort_query" task is queued
    And the hub has redirected "cohort_results"
    And the trust polls again
    Then the other origin did not get the trust key

    Examples:
      | header          |
      | X-Trust-API-Key |
      | Authorization   |
