"""What a training job does with an unmodified MLflow client and only the environment that Farga gives it."""
import os, mlflow
with open(os.environ["FARGA_METRICS"], "a") as metrics:
    metrics.write('{"name":"from_file","step":1,"value":3}\n')
mlflow.set_experiment("in a job")
with mlflow.start_run(run_name="trained in a job") as run:
    mlflow.log_params({"lr": 0.1})
    for i in range(300): mlflow.log_metric("loss", 1 / (i + 1), step=i)
    open("weights.txt", "w").write("1 2 3")
    mlflow.log_artifact("weights.txt", "model")
    with mlflow.start_run(nested=True, run_name="fold 1"): mlflow.log_metric("loss", 1)
    client = mlflow.MlflowClient()
    client.create_registered_model("from a job")
    print("version", client.create_model_version("from a job", f"runs:/{run.info.run_id}/model", run.info.run_id).version)
print("run", run.info.run_id)
