@trust
Feature: The trust comes back when its network does

  Names are not known for a while, or stand for another address all at once; firewalls drop connects without a word.
  A trust that gave up for good would be noticed by nobody: its process runs and its /health answers.

  @TRUST-ROBUST-11 @needs:restart @needs:loopback @slow
  Scenario: A hub whose connects were unanswered is called again
    Given a registered trust
    And the way to the hub can be interrupted
    And the trust is running
    When connects to the hub are unanswered
    And nothing reaches the hub for 70 s
    Then the trust is still running
    When connects to the hub are answered again
    Then a normal cycle follows once the hub can be reached

  @TRUST-ROBUST-11 @needs:restart @needs:loopback @needs:process
  Scenario: A hub whose name was unknown for a while is called again
    Given a registered trust
    And the trust knows its hub by a name
    And the trust is running
    When the hub's name is unknown
    And nothing reaches the hub for 20 s
    Then the trust is still running
    When the hub's name is known again
    Then a normal cycle follows once the hub can be reached

  @TRUST-ROBUST-11 @needs:restart @needs:loopback @needs:process
  Scenario: A hub whose name is unknown at the start is called once it is known
    Given a registered trust
    And the trust knows its hub by a name
    And the hub's name is unknown
    When the trust starts all the same
    And nothing reaches the hub for 20 s
    Then the trust is still running
    When the hub's name is known again
    Then a normal cycle follows once the hub can be reached

  @TRUST-ROBUST-11 @needs:restart @needs:loopback @needs:process
  Scenario: A hub that moved to another address under its name is followed
    Given a registered trust
    And the trust knows its hub by a name
    And the trust is running
    When the hub moves to another address under its name
    Then a normal cycle follows once the hub can be reached
    And the trust is still running

  @TRUST-ROBUST-11 @needs:restart @needs:loopback @needs:process
  Scenario: A hub whose first address is dead is reached at its second
    Given a registered trust
    And the trust knows its hub by a name
    And the first address of the hub's name is dead
    When the trust starts all the same
    Then a normal cycle follows once the hub can be reached
    And the trust is still running
