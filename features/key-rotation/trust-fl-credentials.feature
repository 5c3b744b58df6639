@trust
Feature: Changing FL credentials

  One provisioning signs the FL server and every client. Adding a client changes nothing for the
  others; provisioning anew cuts all of them at once, and a kit with files of both joins nowhere.

  Background:
    Given the FL client holds a kit of a provisioning the FL server asks for
    And the trust is running
    And the FL client has joined

  @ROT-FL-01 @FL-CLIENT-02 @needs:fl-client @needs:restart
  Scenario: Adding one client leaves the others joined
    When a client "Trust_9" is added to the provisioning
    Then the FL client is still joined
    When the trust starts again
    And the FL client has joined
    And a training of 1 rounds reaches this site
    Then [FL-CLIENT-02] the FL client did its part

  @ROT-FL-01 @needs:fl-client @needs:restart
  Scenario Outline: A kit in which only <files> came from the new provisioning does not join
    When every FL client is provisioned anew
    Then the FL client is cut off
    When of the FL kit of the new provisioning only <files> are put in place
    And the trust starts again
    Then the FL client is kept out
    And the log holds "<symptom>"
    And the trust stays Online
    And flipcheck says "Online is not trainable" of the trust

    Examples:
      | files                     | symptom                   |
      | client.crt and client.key | CERTIFICATE_VERIFY_FAILED |
      | rootCA.pem                | handshake failed          |
      | client.key                | FL kit unusable           |

  @ROT-FL-01 @FL-CLIENT-02 @needs:fl-client @needs:restart
  Scenario: With the whole kit of the new provisioning the client joins and loses nothing
    When every FL client is provisioned anew
    Then the FL client is cut off
    And the FL client is kept out
    And the trust stays Online
    When the whole FL kit of the new provisioning is put in place
    And the trust starts again
    Then the FL client has joined
    When a training of 2 rounds reaches this site
    Then [FL-CLIENT-02] the FL client did its part
    And everything the run produced is stored once
