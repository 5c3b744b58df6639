@trust
Feature: The trust outlives whatever its hub does

  A trust runs unattended in a hospital. Nothing a hub, a proxy or a broken line sends may end it or
  stop its loop.

  @TRUST-ROBUST-03 @TRUST-ROBUST-04
  Scenario Outline: After three cycles of <fault> the trust works on
    Given the trust is running
    When the hub meets every call with <fault> for three cycles
    Then the trust is still running
    And [TRUST-ROBUST-04] no cycle held more than one heartbeat and one poll
    And [TRUST-ROBUST-03] a normal cycle follows within one interval
    And a "update_user_profile" task is queued
    And the task is reported as a success

    Examples:
      | fault                   |
      | a reset                 |
      | a truncated reply       |
      | a head cut short        |
      | garbage                 |
      | a connection closed at its second use |
      | a list                  |
      | a number                |
      | null                    |
      | an empty body           |
      | a web page              |
      | tasks that are null     |
      | tasks that are a text   |
      | tasks that are numbers  |
      | status 204              |
      | status 301              |
      | status 400              |
      | status 401              |
      | status 403              |
      | status 404              |
      | status 408              |
      | status 413              |
      | status 429              |
      | status 500              |
      | status 502              |
      | status 503              |

  @TRUST-ROBUST-03 @needs:logs
  Scenario: A hub that refuses connections is polled again when it is back
    Given the trust is running
    When the hub is away for three cycles
    Then the trust is still running
    And a normal cycle follows within one interval
    And a "update_user_profile" task is queued
    And the task is reported as a success

  @TRUST-ROBUST-03
  Scenario Outline: <fault> on <route> alone costs nothing but that call
    Given the trust is running
    When the hub meets "<route>" with <fault> for three cycles
    Then the trust is still running
    And a normal cycle follows within one interval
    And a "update_user_profile" task is queued
    And the task is reported as a success

    Examples:
      | route     | fault      |
      | heartbeat | a reset    |
      | heartbeat | garbage    |
      | heartbeat | status 500 |
      | pending   | a reset    |
      | pending   | garbage    |
      | pending   | status 500 |

  @TRUST-ROBUST-04
  Scenario: A refused snapshot is followed by one heartbeat more and no other
    Given the trust is running
    When the hub meets "heartbeat" with status 422 for three cycles
    Then no cycle held more than one heartbeat and one poll

  @TRUST-ROBUST-04 @needs:restart @slow @waits:40
  Scenario: A hub that limits its callers is not called more often for it
    Given a registered trust
    And the variable POLL_INTERVAL_SECONDS is "1"
    And the trust is running
    And the hub enforces its rate limits
    When the hub has refused a call with 429
    And 5 cycles pass
    Then no cycle held more than one heartbeat and one poll
    And the trust is still running

  @TRUST-ROBUST-01 @slow @waits:30
  Scenario Outline: A hub that stays silent on <route> is given up after 30 s and called again
    Given the trust is running
    And the hub stays silent once on "<route>"
    When the trust gives the silent call up after 30 s
    Then the trust polls again
    And the trust is still running

    Examples:
      | route     |
      | heartbeat |
      | pending   |

  @TRUST-ROBUST-01 @slow @waits:30
  Scenario: A hub that stays silent on a report is given up after 30 s and told again
    Given the trust is running
    And the hub stays silent once on "result"
    And a "update_user_profile" task is queued
    When the trust gives the silent call up after 30 s
    Then the trust polls again
    And the trust is still running

  @TRUST-ROBUST-02 @slow @waits:120
  Scenario: A reply that drips is bounded in total
    Given the trust is running
    When the hub drips its poll replies
    Then a dripping reply is given up within 120 s
    And the trust is still running

  @TRUST-ROBUST-05
  Scenario Outline: Retry-After on <route> is honoured
    Given the trust is running
    And the hub refuses "<route>" once with <code> and Retry-After 20
    Then the refused call is not repeated before 20 s have passed

    Examples:
      | route     | code |
      | pending   | 429  |
      | heartbeat | 429  |
      | pending   | 503  |

  @TRUST-ROBUST-05 @slow @quick @waits:30
  Scenario: Repeated failure widens the pause
    Given the trust is running
    And the hub answers every call with 503
    Then the pause between cycles has grown after 20 failed cycles

  @TRUST-ROBUST-09
  Scenario Outline: A hub whose clock is <hours> h off changes nothing
    Given the trust is running
    And the hub's clock is <hours> h off
    When these tasks are queued
      | label | type                |
      | one   | update_user_profile |
      | two   | cohort_query        |
    Then the task "one" is reported as a success
    And the task "two" is reported as a success
    And 3 cycles pass

    Examples:
      | hours |
      | 24    |
      | -24   |
      | 8760  |
