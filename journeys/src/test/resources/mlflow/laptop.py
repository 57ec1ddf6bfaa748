"""What an engineer's laptop does with an unmodified MLflow client; every step says what it found."""
import json, math, os, sys, tempfile, threading
import mlflow
from mlflow.tracking import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

def refused(code, call):
    try:
        call()
    except MlflowException as e:
        assert e.error_code == code, (e.error_code, code, str(e))
        return str(e)
    raise AssertionError("was not refused as " + code)

client = MlflowClient()
# The experiment for runs that name none
with mlflow.start_run() as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_metric("loss", 0.5)
assert mlflow.get_experiment("0").name == "Default"
got = client.get_run(run.info.run_id)
assert got.info.status == "FINISHED" and got.data.metrics == {"loss": 0.5} and got.data.params == {"lr": "0.1"}, got
assert got.info.experiment_id == "0" and got.data.tags["mlflow.runName"] == got.info.run_name

# Experiments
name = "cracks-" + os.urandom(3).hex()
exp = client.create_experiment(name, tags={"team": "vision"})
refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment(name))
assert client.get_experiment_by_name(name).experiment_id == exp
assert client.get_experiment_by_name("no such") is None
client.set_experiment_tag(exp, "mlflow.note.content", "Cracks in concrete")
assert client.get_experiment(exp).tags["mlflow.note.content"] == "Cracks in concrete"
assert [e.experiment_id for e in client.search_experiments(filter_string=f"name = '{name}'")] == [exp]
assert [e.experiment_id for e in client.search_experiments(filter_string="tags.team = 'vision' AND name LIKE 'cracks-%'", order_by=["name ASC"]) if e.name == name] == [exp]
client.rename_experiment(exp, name + "-renamed"); name += "-renamed"
client.delete_experiment(exp); assert client.get_experiment(exp).lifecycle_stage == "deleted"
client.restore_experiment(exp); assert client.get_experiment(exp).lifecycle_stage == "active"
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_experiment("99999"))

# Thousands of points
mlflow.set_experiment(name)
with mlflow.start_run(run_name="long", tags={"kind": "cnn"}) as run:
    for k in range(5):
        client.log_batch(run.info.run_id, metrics=[Metric("acc", i / 5000, 1_700_000_000_000 + i, i) for i in range(k * 1000, k * 1000 + 1000)])
    mlflow.log_metrics({"f1": 0.9, "auc": 0.8}, step=3)
    mlflow.log_params({"optimizer": "adam", "layers": 4})
    mlflow.set_tags({"a tag/with:all.of-it": "x", "stage": "first"})
    mlflow.log_metric("bad", float("nan")); mlflow.log_metric("bad", float("inf"), step=1)
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("acc", 0.1)
long = run.info.run_id
history = client.get_metric_history(long, "acc")
assert len(history) == 5000 and history[4999].value == 4999 / 5000 and history[17].step == 17 and history[17].timestamp == 1_700_000_000_017
assert client.get_run(long).data.metrics["acc"] == 4999 / 5000
bad = client.get_metric_history(long, "bad")
assert math.isnan(bad[0].value) and math.isinf(bad[1].value), bad
# A client that lost the answer asks again: nothing is doubled
client.log_batch(long, metrics=[Metric("acc", i / 5000, 1_700_000_000_000 + i, i) for i in range(1000)])
assert len(client.get_metric_history(long, "acc")) == 5000
refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(long, "layers", 5))
client.log_param(long, "layers", 4)
client.delete_tag(long, "stage"); assert "stage" not in client.get_run(long).data.tags
client.update_run(long, name="renamed"); assert client.get_run(long).info.run_name == "renamed"

# Searching
def found(f, order=None, view=ViewType.ACTIVE_ONLY):
    return [r.info.run_id for r in client.search_runs([exp], f, view, order_by=order)]
assert found("metrics.acc > 0.5") == [long]
assert found("metrics.acc <= 0.5") == [child.info.run_id]
assert found("params.optimizer = 'adam' AND tags.kind LIKE 'c%'") == [long]
assert found("params.optimizer != 'adam'") == []
assert found("tags.`a tag/with:all.of-it` = 'x'") == [long]
assert found("attributes.run_name ILIKE 'RENAM%'") == [long]
assert found(f"attributes.run_id IN ('{long}', 'x')") == [long]
assert found("attributes.status = 'FINISHED'", ["metrics.acc ASC"]) == [child.info.run_id, long]
assert found("", ["metrics.acc DESC"]) == [long, child.info.run_id]
assert found("params.optimizer IS NULL") == [child.info.run_id]
assert found(f"tags.mlflow.parentRunId = '{long}'") == [child.info.run_id]
refused("INVALID_PARAMETER_VALUE", lambda: found("metrics.acc ~ 3"))
refused("INVALID_PARAMETER_VALUE", lambda: found("metrics.acc > 'x'"))
refused("INVALID_PARAMETER_VALUE", lambda: found("attributes.nothing = 'x'"))
pages, token = [], None
while True:
    page = client.search_runs([exp], "", max_results=1, page_token=token)
    pages += [r.info.run_id for r in page]; token = page.token
    if not token: break
assert sorted(pages) == sorted([long, child.info.run_id])
client.delete_run(child.info.run_id)
assert found("") == [long] and found("", view=ViewType.DELETED_ONLY) == [child.info.run_id]
client.restore_run(child.info.run_id); assert len(found("")) == 2

# Datasets
with mlflow.start_run(run_id=long):
    from mlflow.entities import DatasetInput, Dataset, InputTag
    client.log_inputs(long, [DatasetInput(Dataset("digits", "abc123", "local", "{}", schema="{}"), [InputTag("mlflow.data.context", "training")])])
assert client.get_run(long).inputs.dataset_inputs[0].dataset.name == "digits"
assert found("datasets.name = 'digits' AND datasets.context = 'training'") == [long]

# Files: small, in folders, and one that goes in pieces
folder = tempfile.mkdtemp()
os.makedirs(folder + "/sub dir/deeper")
for path, content in (("a.txt", b"one"), ("sub dir/b.json", b"{}"), ("sub dir/deeper/c.bin", os.urandom(100_000))):
    open(os.path.join(folder, path), "wb").write(content)
client.log_artifacts(long, folder, "out")
client.log_artifact(long, folder + "/a.txt")
client.log_text(long, "hello", "notes/hello.txt")
assert sorted(f.path for f in client.list_artifacts(long)) == ["a.txt", "notes", "out"]
assert sorted((f.path, f.is_dir) for f in client.list_artifacts(long, "out")) == [("out/a.txt", False), ("out/sub dir", True)]
back = client.download_artifacts(long, "out", tempfile.mkdtemp())
assert open(back + "/sub dir/deeper/c.bin", "rb").read() == open(folder + "/sub dir/deeper/c.bin", "rb").read()
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(20 << 20); os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(8 << 20)
big = folder + "/big.bin"
with open(big, "wb") as f:
    for _ in range(33): f.write(os.urandom(1 << 20))
import mlflow.store.artifact.http_artifact_repo as repo
pieces = []
original = repo.HttpArtifactRepository._upload_part
def counted(*a, **k):
    pieces.append(1); return original(*a, **k)
repo.HttpArtifactRepository._upload_part = staticmethod(counted)
client.log_artifact(long, big, "weights")
assert len(pieces) == 5, pieces
back = client.download_artifacts(long, "weights/big.bin", tempfile.mkdtemp())
assert open(back, "rb").read() == open(big, "rb").read()

# A model, saved and registered
with mlflow.start_run(run_name="with model") as run:
    mlflow.log_metric("quality", 0.7)
    open(folder + "/weights.txt", "w").write("1 2 3")
    mlflow.log_artifacts(folder + "/sub dir", "model")
    saved = client.create_logged_model(exp, name="net", source_run_id=run.info.run_id, params={"depth": "3"}, tags={"k": "v"})
    client.log_model_artifacts(saved.model_id, folder + "/sub dir")
    client.finalize_logged_model(saved.model_id, "READY")
    client.log_outputs(run.info.run_id, [mlflow.entities.LoggedModelOutput(saved.model_id, 1)])
    mlflow.log_metric("quality", 0.8, step=2, model_id=saved.model_id)
    logged = client.get_logged_model(saved.model_id)
assert logged.status == "READY" and logged.params == {"depth": "3"}, logged
assert [m.model_id for m in client.search_logged_models([exp], "name = 'net'")] == [logged.model_id]
assert [m.value for m in logged.metrics] == [0.8], logged.metrics
assert client.get_run(run.info.run_id).outputs.model_outputs[0].model_id == logged.model_id
model = "detector-" + os.urandom(3).hex()
v1 = mlflow.register_model(f"models:/{logged.model_id}", model, tags={"by": "test"})
assert (v1.version, v1.run_id) in (("1", run.info.run_id), (1, run.info.run_id)), v1
v2 = client.create_model_version(model, f"runs:/{run.info.run_id}/model", run.info.run_id, description="second")
assert int(v2.version) == 2 and v2.description == "second"
refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(model))
client.set_registered_model_alias(model, "champion", 2)
assert int(client.get_model_version_by_alias(model, "champion").version) == 2
client.transition_model_version_stage(model, 1, "Production")
client.transition_model_version_stage(model, 2, "Production", archive_existing_versions=True)
assert client.get_model_version(model, 1).current_stage == "Archived"
assert [int(v.version) for v in client.get_latest_versions(model, ["Production"])] == [2]
client.set_model_version_tag(model, 2, "checked", "yes"); client.set_registered_model_tag(model, "line", "a")
assert client.get_model_version(model, 2).tags == {"checked": "yes"} and client.get_registered_model(model).tags == {"line": "a"}
client.update_model_version(model, 1, "first"); client.update_registered_model(model, "Finds cracks")
assert client.get_registered_model(model).description == "Finds cracks"
assert sorted(int(v.version) for v in client.search_model_versions(f"name = '{model}'")) == [1, 2]
assert [m.name for m in client.search_registered_models(f"name LIKE '{model[:-2]}%'")] == [model]
got = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{model}/2", dst_path=tempfile.mkdtemp())
assert os.path.exists(got + "/b.json"), os.listdir(got)
got = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{model}@champion", dst_path=tempfile.mkdtemp())
assert os.path.exists(got + "/b.json"), os.listdir(got)
got = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{model}/1", dst_path=tempfile.mkdtemp())
assert os.path.exists(got + "/b.json"), os.listdir(got)
client.delete_registered_model_alias(model, "champion"); refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version_by_alias(model, "champion"))
renamed = client.rename_registered_model(model, model + "-x"); model += "-x"
client.delete_model_version(model, 1); refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(model, 1))
client.delete_registered_model(model); refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(model))
client.create_registered_model("outside-" + os.urandom(3).hex())
outside = [m.name for m in client.search_registered_models("name LIKE 'outside-%'")][0]
refused("INVALID_PARAMETER_VALUE", lambda: client.create_model_version(outside, "s3://bucket/x"))

# What log_model of every flavour does: within a run, outside of any, and registering at once
import types
from mlflow.models import Model
own = types.ModuleType("own")
def save_model(path, mlflow_model, **more):
    os.makedirs(path)
    open(path + "/weights.txt", "w").write("4 5 6")
    mlflow_model.add_flavor("own", kind="test")
    mlflow_model.save(path + "/MLmodel")
own.save_model = save_model
named = "logged-" + os.urandom(3).hex()
with mlflow.start_run() as run:
    inside = Model.log(name="net", artifact_path=None, flavor=own, registered_model_name=named)
outside_runs = Model.log(name="lone", artifact_path=None, flavor=own, registered_model_name=named, params={"depth": "3"})
first, second = (client.get_model_version(named, n) for n in (1, 2))
assert first.run_id == run.info.run_id and first.source == f"models:/{inside.model_id}", first
assert not second.run_id and second.source == f"models:/{outside_runs.model_id}", second
assert json.loads(client.get_logged_model(inside.model_id).tags["mlflow.modelVersions"]) == [{"name": named, "version": first.version}]
assert client.get_logged_model(outside_runs.model_id).source_run_id in (None, "")
for uri in (f"models:/{named}/1", f"models:/{named}/2", f"models:/{outside_runs.model_id}", inside.model_uri):
    got = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=tempfile.mkdtemp())
    assert {"MLmodel", "weights.txt"} <= set(os.listdir(got)), (uri, os.listdir(got))
# Registering by each address that a client knows
by_run = mlflow.register_model(f"runs:/{run.info.run_id}/net", named)
assert by_run.run_id == run.info.run_id and by_run.source == f"models:/{inside.model_id}", by_run
client.set_registered_model_alias(named, "champion", by_run.version)
client.transition_model_version_stage(named, by_run.version, "Staging")
by_path = client.create_model_version(named, client.get_run(long).info.artifact_uri + "/out")
assert by_path.run_id == long, by_path
copied = "copied-" + os.urandom(3).hex()
for n, uri in enumerate((f"models:/{named}/{by_run.version}", f"models:/{named}@champion", f"models:/{named}/Staging", f"models:/{named}/2")):
    copy = client.copy_model_version(uri, copied)
    assert int(copy.version) == n + 1, copy
    got = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{copied}/{copy.version}", dst_path=tempfile.mkdtemp())
    assert {"MLmodel", "weights.txt"} <= set(os.listdir(got)), (uri, os.listdir(got))
again = mlflow.register_model(f"models:/{named}@champion", copied)
assert int(again.version) == 5, again
assert [int(v.version) for v in client.search_model_versions(f"name = '{copied}'", order_by=["version_number ASC"])] == [1, 2, 3, 4, 5]
client.set_registered_model_alias(copied, "a", 1); client.set_registered_model_alias(copied, "a", 2)
assert client.get_registered_model(copied).aliases == {"a": "2"} and client.get_model_version(copied, 1).aliases == []
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.create_model_version(copied, f"models:/{named}/77"))

# Page by page while more comes
start = client.search_runs([exp], "", max_results=2)
with mlflow.start_run(): pass
rest = client.search_runs([exp], "", max_results=1000, page_token=start.token)
seen = [r.info.run_id for r in list(start) + list(rest)]
assert len(seen) == len(set(seen)) and long in seen

# Several clients at one run, at once
def log(n):
    for i in range(20): MlflowClient().log_batch(long, metrics=[Metric(f"thread{n}", i, i, i)], tags=[RunTag(f"t{n}", str(i))])
threads = [threading.Thread(target=log, args=(n,)) for n in range(6)]
[t.start() for t in threads]; [t.join() for t in threads]
assert all(len(client.get_metric_history(long, f"thread{n}")) == 20 for n in range(6))
client.set_terminated(long, "KILLED"); assert client.get_run(long).info.status == "KILLED"
print("laptop: all is well, with mlflow", mlflow.__version__)
