@hub @needs:control
Feature: FL credentials of one provisioning and of two

  Background:
    Given the trusts "Alpha", "Beta" and "Gamma" are registered
    And FL credentials are provisioned for "Alpha" and "Beta"
    And "Alpha" joins the FL server
    And "Beta" joins the FL server

  @ROT-FL-01
  Scenario: A client that is added leaves the others joined and valid
    When "Gamma" is added to the provisioning
    Then "Gamma" joins the FL server
    And "Alpha" is still joined
    And "Beta" is still joined
    And "Beta" joins the FL server with its present credentials

  @ROT-FL-01
  Scenario: A provisioning made anew cuts every client, and credentials of two are refused
    When all FL credentials are provisioned anew
    Then "Alpha" is cut off
    And "Beta" is cut off
    When "Alpha" gets its FL kit of the new provisioning
    Then "Alpha" cannot join the FL server with its former credentials
    And "Alpha" cannot join the FL server with the former certificate and the present CA
    And "Beta" cannot join the FL server with the credentials of "Alpha"
    And "Alpha" joins the FL server with its present credentials

  @ROT-FL-01
  Scenario: In the safe order, all kits of one provisioning at once, every client is in again
    When all FL credentials are provisioned anew
    And "Alpha" gets its FL kit of the new provisioning
    And "Beta" gets its FL kit of the new provisioning
    Then "Alpha" joins the FL server with its present credentials
    And "Beta" joins the FL server with its present credentials
    And "Alpha" is still joined
