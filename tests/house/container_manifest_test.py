"""The image's recipe and the Kubernetes manifest, read as data."""

import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Manifest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = (ROOT / "docker/kubernetes-sidecar.yaml").read_text(encoding="utf-8")
        cls.documents = {document["kind"]: document for document in yaml.safe_load_all(text)}
        cls.pod = cls.documents["Deployment"]["spec"]["template"]["spec"]
        cls.weir = next(c for c in cls.pod["initContainers"] if c["name"] == "weir")

    def test_weir_is_a_native_sidecar(self):
        self.assertEqual(self.weir["restartPolicy"], "Always")

    def test_labels_select_the_pod(self):
        deployment = self.documents["Deployment"]["spec"]
        labels = deployment["template"]["metadata"]["labels"]
        self.assertLessEqual(deployment["selector"]["matchLabels"].items(), labels.items())

    def test_probes_ask_a_port_that_the_kubelet_reaches(self):
        flags = dict(flag.split("=", 1) for flag in self.weir["args"] if "=" in flag)
        host, port = flags["--admin-listen"].rsplit(":", 1)
        self.assertEqual(host, "0.0.0.0")
        ports = {entry["name"]: entry["containerPort"] for entry in self.weir["ports"]}
        for probe, path in (("startupProbe", "/readyz"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
            asked = self.weir[probe]["httpGet"]
            self.assertEqual((asked["path"], ports[asked["port"]]), (path, int(port)), probe)

    def test_clients_reach_it_on_loopback_alone(self):
        self.assertFalse([flag for flag in self.weir["args"] if flag.startswith("--listen")])
        app = {entry["name"]: entry["value"] for entry in self.pod["containers"][0]["env"]}
        with open(ROOT / "config/weir.yaml", encoding="utf-8") as file:
            listen = str(yaml.safe_load(file)["listen"])
        self.assertTrue(listen.startswith("127.0.0.1:"), listen)
        self.assertEqual(app["OPENAI_BASE_URL"], f"http://{listen}/v1")

    def test_the_container_has_no_rights_that_it_does_not_need(self):
        rights = self.weir["securityContext"]
        self.assertTrue(rights["runAsNonRoot"] and rights["readOnlyRootFilesystem"])
        self.assertFalse(rights["allowPrivilegeEscalation"])
        self.assertEqual(rights["capabilities"], {"drop": ["ALL"]})
        self.assertEqual(self.pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
        self.assertEqual(self.pod["securityContext"]["fsGroup"], rights["runAsGroup"])

    def test_the_ledger_lies_on_a_volume_that_is_declared(self):
        mounts = {mount["name"]: mount["mountPath"] for mount in self.weir["volumeMounts"]}
        declared = {volume["name"]: volume for volume in self.pod["volumes"]}
        ledger = next(flag.split("=", 1)[1] for flag in self.weir["args"] if flag.startswith("--ledger="))
        name = next(name for name, path in mounts.items() if ledger.startswith(path + "/"))
        claim = declared[name]["persistentVolumeClaim"]["claimName"]
        self.assertEqual(claim, self.documents["PersistentVolumeClaim"]["metadata"]["name"])

    def test_the_pod_waits_longer_than_weir_drains(self):
        with open(ROOT / "config/weir.yaml", encoding="utf-8") as file:
            timeouts = yaml.safe_load(file).get("timeouts") or {}
        self.assertGreater(self.pod["terminationGracePeriodSeconds"] * 1000, timeouts.get("drain_ms", 30_000))


class Recipe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")

    def last(self, instruction):
        found = re.findall(rf"^{instruction} +(.*)$", self.text, re.MULTILINE)
        self.assertTrue(found, f"no {instruction}")
        return found[-1]

    def test_it_runs_as_nobody_in_particular(self):
        self.assertEqual(self.last("USER"), "10001:10001")

    def test_the_program_is_the_first_process_and_is_asked_to_stop(self):
        self.assertEqual(self.last("ENTRYPOINT"), '["/usr/local/bin/weir"]')
        self.assertEqual(self.last("STOPSIGNAL"), "SIGTERM")
        self.assertTrue(self.last("CMD").startswith('["serve"'))

    def test_every_builder_that_is_in_use_can_read_it(self):
        self.assertNotIn("<<", self.text)
        self.assertTrue(self.text.split("FROM", 1)[0].rstrip().endswith("ARG BASE_IMAGE=debian:bookworm-slim"))

    def test_what_it_copies_is_there_and_not_ignored(self):
        allowed = set((ROOT / "docker/Dockerfile.dockerignore").read_text().split())
        for line in re.findall(r"^COPY +(?!--from)(.*)$", self.text, re.MULTILINE):
            for source in line.split()[:-1]:
                self.assertTrue((ROOT / source).exists(), source)
                self.assertIn("!" + source.split("/")[0], allowed)


if __name__ == "__main__":
    unittest.main()
