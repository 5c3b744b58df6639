@trust
Feature: The trust knows which trust it is

  The hub answers every key with the trust it belongs to. A host that holds another trust's kit must
  stop before it acts for that trust.

  @TRUST-ID-04 @fresh
  Scenario: A trust whose identity matches says so once and goes on
    Given the trust is running
    When 10 cycles pass
    Then the log holds "Authenticated to hub as trust" exactly once
    And the trust is still running
    And the trust is Online

  @TRUST-ID-04 @needs:restart
  Scenario: A trust that expects nobody in particular goes on as well
    Given a registered trust
    And the variable EXPECTED_TRUST_ID is ""
    When the trust is running
    And 10 cycles pass
    Then the log holds "Authenticated to hub as trust" exactly once
    And the trust is still running

  @TRUST-ID-01 @needs:exit-code @needs:restart
  Scenario: A trust that meets another identity stops with code 2 and runs nothing
    Given a registered trust
    And the trust expects the identity of another trust
    And a "update_user_profile" task is queued
    When the trust starts
    Then the trust exits with code 2 within 5 s
    And the log holds "Wrong kit deployed to this host? Exiting."
    And no local call was made
    And no task result is reported

  @TRUST-ID-01 @needs:exit-code @needs:restart
  Scenario: A key that belongs to another trust is noticed although the kit looks whole
    Given a registered trust
    And the hub takes the trust for another one
    And a "update_user_profile" task is queued
    When the trust starts
    Then the trust exits with code 2 within 5 s
    And the log holds "Wrong kit deployed to this host? Exiting."
    And no task result is reported
    When the hub names the trust truly again
    And the trust starts again
    Then the task is reported as a success

  @TRUST-ID-02 @needs:exit-code @needs:restart
  Scenario: An identity that comes with the poll only is compared too
    Given a registered trust
    And the trust expects the identity of another trust
    And heartbeat replies carry no identity
    And a "update_user_profile" task is queued
    When the trust starts
    Then the trust exits with code 2 within 5 s
    And no local call was made
    And no task result is reported

  @TRUST-ID-03 @needs:exit-code @needs:restart
  Scenario: The identity is compared at the first accepted reply, however long the hub refused
    Given a registered trust
    And the trust expects the identity of another trust
    And the hub answers "heartbeat" with 401
    And the hub answers "pending" with 401
    And a "update_user_profile" task is queued
    When the trust starts
    And 3 cycles pass
    Then the trust is still running
    When the hub answers normally again
    Then the trust exits with code 2 within 5 s
    And no local call was made
    And no task result is reported

  @TRUST-ID-05 @needs:exit-code @needs:restart
  Scenario: Capitals make no other trust
    Given a registered trust
    And the hub writes the trust's id in capitals
    When the trust starts
    And 3 cycles pass
    Then the trust is still running

  @TRUST-ID-06 @needs:exit-code @needs:restart
  Scenario: No task runs before an identity was compared
    Given a registered trust
    And the hub leaves the trust's name out
    And a "update_user_profile" task is queued
    When the trust is running
    And 3 cycles pass
    Then no local call was made
    And no task result is reported
    When the hub names the trust truly again
    Then the task is reported as a success

  @TRUST-ID-06 @needs:exit-code @needs:restart
  Scenario: An identity that changes later stops the trust as well
    Given the trust is running
    And the log holds "Authenticated to hub as trust"
    When the hub takes the trust for another one
    Then the trust exits with code 2 within 5 s
    And the log holds "Wrong kit deployed to this host? Exiting."
