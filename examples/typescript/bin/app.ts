/**
 * A chat model on a GPU endpoint, as a TypeScript team writes it. Nothing of lean-silicon is installed here: the workload is
 * declared in CloudFormation metadata, and `lean-silicon check cdk.out` reads it from the synthesized template.
 *
 * With `-c accept=true` the finding on the GPU is accepted, with its reason.
 */
import { App, Stack, StackProps, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from "aws-cdk-lib/aws-sagemaker";
import { Construct } from "constructs";

class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("sagemaker.amazonaws.com") });
    const model = new CfnModel(this, "Model", {
      executionRoleArn: role.roleArn,
      primaryContainer: {
        image: "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.31.0-lmi13.0.0-cu124",
        modelDataUrl: "s3://models-111122223333/chat-8b/model.tar.gz",
      },
    });
    const configuration = new CfnEndpointConfig(this, "Configuration", {
      productionVariants: [
        {
          variantName: "main",
          modelName: model.attrModelName,
          instanceType: "ml.g5.48xlarge",
          initialInstanceCount: 1,
          initialVariantWeight: 1,
        },
      ],
    });
    configuration.addMetadata("LeanSilicon", {
      Workload: { Task: "inference", Parameters: 8_000_000_000, Precision: "bf16", ContextTokens: 8192, Concurrency: 16 },
    });
    new CfnEndpoint(this, "Endpoint", { endpointConfigName: configuration.attrEndpointConfigName });
  }
}

const app = new App();
const chat = new ChatStack(app, "Chat", { env: { account: "111122223333", region: "us-east-1" } });
if (app.node.tryGetContext("accept")) {
  Validations.of(chat).acknowledge({
    id: "LeanSilicon::SIL002",
    reason: "The attention kernels are CUDA-only until the port lands in Q2",
  });
}
