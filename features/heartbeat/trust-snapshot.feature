@trust
Feature: Heartbeats tell how the site is doing

  After the first round of probes each heartbeat carries a snapshot of six services. A probe that
  hangs must not cost the hub its heartbeat, nor show it a service that was healthy long ago.

  @TRUST-HB-01
  Scenario: Every heartbeat carries the six services within the hub's limits
    Given the trust is running
    Then 5 heartbeats in a row carry a snapshot of the six services
    And every snapshot keeps within the hub's limits

  @TRUST-HB-01 @needs:restart
  Scenario: A version that is too long is cut to what the hub takes
    Given a registered trust
    And the site's fault "body" is armed on "da.health" with {"text": "{\"status\":\"ok\",\"version\":\"v0.8.0-sha-0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\"}"}
    When the trust is running
    Then the snapshot shows "data-access-api" with a version of 64 characters
    And every snapshot keeps within the hub's limits

  @TRUST-HB-01 @needs:restart
  Scenario Outline: A site whose <what> is told as such
    Given a registered trust
    And <state>
    When the trust is running
    Then the snapshot shows "<service>" as "<status>"
    And every snapshot keeps within the hub's limits

    Examples:
      | what                          | state                                                                     | service         | status  |
      | data service is gone          | the site's "data-access-api" goes down                                    | data-access-api | down    |
      | imaging archive is gone       | the site's "xnat" goes down                                               | xnat            | down    |
      | imaging archive asks who it is | the site's fault "status" is armed on "xnat.build_info" with {"code": 401} | xnat            | alive   |
      | database is gone              | the site's "omop" goes down                                               | omop            | down    |
      | PACS answer makes no sense    | the site's fault "body" is armed on "img.ping_pacs" with {"text": "[]"}   | dicom           | unknown |

  @TRUST-HB-06 @needs:restart
  Scenario: A node that knows the tag of its FL client names it, without saying how it is
    Given a registered trust
    And the variable FL_CLIENT_IMAGE_TAG is "v0.8.0"
    When the trust is running
    Then the snapshot shows "fl-client" as "unknown"
    And the snapshot shows "fl-client" with the version "v0.8.0"
    And every snapshot keeps within the hub's limits

  @TRUST-HB-06 @needs:restart
  Scenario: A node that knows no tag of its FL client leaves it out
    Given a registered trust
    And the variable FL_CLIENT_IMAGE_TAG is missing
    When the trust is running
    And 1 heartbeats in a row carry a snapshot of the six services
    Then no snapshot names "fl-client"

  @TRUST-HB-02
  Scenario: A refused snapshot is followed by one heartbeat without body
    Given the trust is running
    And 1 heartbeats in a row carry a snapshot of the six services
    When the hub answers "heartbeat" with 422
    And 3 snapshots were refused
    Then each refused snapshot is followed at once by one heartbeat without body

  @TRUST-HB-02
  Scenario: A trust whose snapshot is refused once stays Online
    Given the trust is running
    And 1 heartbeats in a row carry a snapshot of the six services
    When the hub answers "heartbeat" with 422 for the next 1
    And 1 snapshot was refused
    Then each refused snapshot is followed at once by one heartbeat without body
    And the trust stays Online

  @TRUST-HB-03
  Scenario Outline: A <route> that <does> delays neither heartbeat nor poll
    Given the trust is running
    And 1 heartbeats in a row carry a snapshot of the six services
    When <state>
    And 12 cycles pass
    Then 10 cycles are not all held up for <secs> s
    And the trust stays Online

    Examples:
      | route           | does  | state                                                  | secs |
      | img.health      | hangs | the site's fault "hang" is armed on "img.health"       | 5    |
      | xnat.build_info | hangs | the site's fault "hang" is armed on "xnat.build_info"  | 5    |
      | img.health      | drips | the site's "img.health" drips one byte every 2 s       | 15   |

  @TRUST-HB-03 @slow @waits:30
  Scenario: The snapshot of a round that never ends is dropped, and comes back with the service
    Given the trust is running
    And the snapshot shows "imaging-api" as "alive"
    When the site's "img.health" drips one byte every 2 s
    Then later than 20 s no heartbeat carries a snapshot in which "imaging-api" is alive
    When the site answers normally again
    Then the snapshot shows "imaging-api" as "alive"
